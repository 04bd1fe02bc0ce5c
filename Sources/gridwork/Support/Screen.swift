//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Draws a picture over the last one on a terminal; elsewhere, prints a line whenever it changed.
struct Screen {
    let output: Output
    private var drawn = 0
    private var last = 0

    /// Creates a screen.
    init(output: Output) {
        self.output = output
    }

    /// Draws `lines` on a terminal, or prints `summary`.
    mutating func draw(_ lines: [String], summary: String) {
        guard output.isTerminal else {
            if summary.hashValue != last { output.line(summary) }
            last = summary.hashValue
            return
        }
        // ECMA-48: cursor up over the last picture, then erase to the end of the screen.
        if drawn > 0 { output.line("\u{1b}[\(drawn + 1)A\u{1b}[0J") } else { output.line() }
        for line in lines { output.line(line) }
        drawn = lines.count
    }

    /// Prints a value as a line of JSON if it changed.
    mutating func print(_ value: some Encodable & Hashable) throws {
        if value.hashValue != last { try output.value(value) }
        last = value.hashValue
    }
}
