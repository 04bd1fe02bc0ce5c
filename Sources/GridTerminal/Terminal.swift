//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import Glibc

/// The terminal that standard input and output are: without echo and line editing, on its other screen, until it is left.
package struct Terminal: ~Copyable {
    private var before: termios

    /// Whether pictures can be drawn on standard output and keys be read from standard input.
    package static var isThere: Bool {
        let name = getenv("TERM").map { String(cString: $0) } ?? ""
        return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && name != "" && name != "dumb"
    }

    /// Whether texts may stand out (no-color.org).
    package static var hasColors: Bool { getenv("NO_COLOR").map { $0.pointee == 0 } ?? true }

    /// Enters the terminal's other screen; nil where its settings cannot be changed.
    package init?() {
        before = termios()
        guard tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
        var raw = before
        cfmakeraw(&raw)
        guard tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw) == 0 else { return nil }
        // xterm's other screen, so that what was there comes back; the cursor is hidden.
        Self.write("\u{1b}[?1049h\u{1b}[?25l")
    }

    deinit {
        Self.write("\u{1b}[?25h\u{1b}[?1049l")
        var before = before
        // Nothing can be done about a terminal that went away.
        _ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &before)
    }

    /// How large it is now.
    package var size: TopScreen.Size {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
            return TopScreen.Size(width: 80, height: 24)
        }
        return TopScreen.Size(width: Int(size.ws_col), height: Int(size.ws_row))
    }

    /// Draws lines in place of those that are there, in one writing, so that nothing flickers.
    package func draw(_ lines: [TerminalLine], _ size: TopScreen.Size) {
        let drawn = lines.map { $0.drawn(width: size.width, hasColors: Self.hasColors) + "\u{1b}[K" }
        Self.write("\u{1b}[H" + drawn.joined(separator: "\r\n") + "\u{1b}[J")
    }

    /// What is typed; ends when the terminal goes away.
    package var input: AsyncStream<[UInt8]> {
        AsyncStream(bufferingPolicy: .bufferingNewest(64)) { continuation in
            // A source of libdispatch may be cancelled from any thread.
            nonisolated(unsafe) let source = DispatchSource.makeReadSource(
                fileDescriptor: STDIN_FILENO,
                queue: .global()
            )
            source.setEventHandler {
                var bytes = [UInt8](repeating: 0, count: 256)
                let count = read(STDIN_FILENO, &bytes, bytes.count)
                if count > 0 {
                    continuation.yield(Array(bytes.prefix(count)))
                } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
                    continuation.finish()
                }
            }
            continuation.onTermination = { _ in source.cancel() }
            source.activate()
        }
    }

    private static func write(_ text: String) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            // A terminal that went away is noticed where keys are read.
            guard count > 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }
}
