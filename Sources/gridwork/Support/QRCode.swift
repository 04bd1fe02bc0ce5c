//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CQREncode

/// A QR code for a terminal.
struct QRCode {
    /// The rows, from the top; true is dark.
    private let rows: [[Bool]]

    /// Encodes a text.
    ///
    /// - Throws: `CommandFailure` when the text is too long for a code.
    init(_ text: String) throws {
        // Level M bears a smudged print.
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else {
            throw CommandFailure.usage("the link does not fit into a QR code; make http.publicURL shorter")
        }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let modules = UnsafeBufferPointer(start: code.pointee.data, count: width * width)
        // The lowest bit of a module is its colour.
        rows = (0..<width).map { y in (0..<width).map { x in modules[y * width + x] & 1 == 1 } }
    }

    /// The code as text, two rows of it a line, with the quiet zone that scanners need. Light is drawn and dark left
    /// out, since terminals mostly are dark.
    var lines: [String] {
        let quiet = 4
        func isLight(_ x: Int, _ y: Int) -> Bool {
            !(rows.indices.contains(y) && rows.indices.contains(x) && rows[y][x])
        }
        return stride(from: -quiet, to: rows.count + quiet, by: 2).map { y in
            String(
                (-quiet..<rows.count + quiet).map { x -> Character in
                    switch (isLight(x, y), isLight(x, y + 1)) {
                    case (true, true): "█"
                    case (true, false): "▀"
                    case (false, true): "▄"
                    case (false, false): " "
                    }
                }
            )
        }
    }
}
