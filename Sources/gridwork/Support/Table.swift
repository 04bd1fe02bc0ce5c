//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Lays out rows in columns for a terminal.
struct Table {
    private var rows: [[String]]

    /// Creates a table with a heading.
    init(_ heading: [String]) {
        rows = [heading]
    }

    /// Adds a row.
    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    /// The lines, columns padded to the widest entry.
    var lines: [String] {
        let columns = rows.first?.count ?? 0
        let widths = (0..<columns).map { column in rows.map { $0[column].displayWidth }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { text, width in
                text + String(repeating: " ", count: width - text.displayWidth)
            }
            return cells.joined(separator: "  ").trimmingTrailingSpaces()
        }
    }
}

extension String {
    /// How many columns a terminal uses for the text: two for each East Asian wide character (Unicode TR 11).
    var displayWidth: Int {
        unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
                0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd:
                width + 2
            default:
                width + (scalar.properties.generalCategory == .nonspacingMark ? 0 : 1)
            }
        }
    }

    fileprivate func trimmingTrailingSpaces() -> String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
