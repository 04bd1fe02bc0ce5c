//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CQREncode

/// A QR code, for a terminal or a page.
package struct QRCode: Sendable {
    /// The text is too long for a code.
    package struct TooLong: Error {}

    /// The light edge that scanners need, in modules.
    private static let quiet = 4

    /// The rows, from the top; true is dark.
    private let rows: [[Bool]]

    /// Encodes a text.
    ///
    /// - Throws: `TooLong`.
    package init(_ text: String) throws(TooLong) {
        // Level M bears a smudged print.
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { throw TooLong() }
        defer { QRcode_free(code) }
        let width = Int(code.pointee.width)
        let modules = UnsafeBufferPointer(start: code.pointee.data, count: width * width)
        // The lowest bit of a module is its colour.
        rows = (0..<width).map { y in (0..<width).map { x in modules[y * width + x] & 1 == 1 } }
    }

    /// The code as text, two rows of it a line. Light is drawn and dark left out, since terminals mostly are dark.
    package var lines: [String] {
        let quiet = Self.quiet
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

    /// How wide and high the code is, its edge included, in modules.
    var size: Int { rows.count + 2 * Self.quiet }

    /// The dark modules as the path of an SVG, in which a module is 1 wide and 1 high.
    var path: String {
        rows.enumerated().map { y, row in
            row.enumerated().filter(\.element).map { "M\($0.offset + Self.quiet) \(y + Self.quiet)h1v1h-1z" }.joined()
        }
        .joined()
    }
}
