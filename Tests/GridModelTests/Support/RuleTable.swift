//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A table of rules written out as text, so that it can be read beside the design's.
///
/// A row is `keys | a cell for each column | what goes out`; words are separated by blanks, and `-` in the last part
/// stands for nothing.
struct RuleTable {
    struct Row {
        let keys: [String]
        let cells: [String]
        let outgoing: [String]
    }

    let columns: [String]
    let rows: [Row]

    /// Reads a table; the first line names the columns.
    init(_ text: String) {
        let lines = text.split(separator: "\n").map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).map { part in
                part.split(separator: " ").map(String.init)
            }
        }
        guard let head = lines.first, lines.allSatisfy({ $0.count == 3 && $0[1].count == head[1].count }) else {
            preconditionFailure("every row has keys, \(lines.first?[1].count ?? 0) cells and what goes out")
        }
        columns = head[1]
        rows = lines.dropFirst().map { Row(keys: $0[0], cells: $0[1], outgoing: $0[2].filter { $0 != "-" }) }
    }

    /// What a cell says, and where it stands.
    struct Cell: Sendable, CustomStringConvertible {
        let keys: [String]
        let column: String
        let expected: String
        let outgoing: [String]

        var description: String { "\(keys.joined(separator: " by ")) while \(column)" }
    }

    /// All cells, row by row.
    var cells: [Cell] {
        rows.flatMap { row in
            zip(columns, row.cells).map {
                Cell(keys: row.keys, column: $0, expected: $1, outgoing: row.outgoing)
            }
        }
    }
}
