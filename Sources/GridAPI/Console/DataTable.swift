//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages

/// A table: shown on a page, printed, or taken along as a file.
struct DataTable: Sendable {
    /// A column.
    struct Column: Sendable {
        let title: String
        /// Whether its values are figures, which stand to the right.
        var isFigure = false
    }

    /// What a cell says.
    enum Value: Sendable {
        case text(String)
        case number(Int)
        case time(Instant)
        /// A part of a whole, from 0 to 1.
        case share(Double)
        case empty
    }

    /// A cell.
    struct Cell: Sendable {
        let value: Value
        /// Where it leads.
        var link: String?
        /// What it looks like, a word of the style sheet.
        var kind: String?

        static func text(_ text: String, link: String? = nil, kind: String? = nil) -> Cell {
            Cell(value: .text(text), link: link, kind: kind)
        }

        static func number(_ number: Int, kind: String? = nil) -> Cell { Cell(value: .number(number), kind: kind) }

        static func time(_ instant: Instant?) -> Cell { Cell(value: instant.map { .time($0) } ?? .empty) }
    }

    /// What names it in an address and as a file.
    let name: String
    /// What it is about.
    let caption: String
    let columns: [Column]
    var rows: [[Cell]]
    /// How many rows it would have beside these.
    var more = 0

    /// The table with its first rows only.
    func cut(to count: Int) -> DataTable {
        var table = self
        table.rows = Array(rows.prefix(count))
        table.more = more + rows.count - table.rows.count
        return table
    }
}

/// A table as a page shows it; names as in `table.mustache`.
struct TableView: Sendable {
    struct ColumnView: Sendable {
        let columnTitle: String
        let isFigure: Bool
    }

    struct CellView: Sendable {
        let cellText: String
        let cellLink: String?
        let cellKind: String
        let isFigure: Bool
        let isFirst: Bool
    }

    struct RowView: Sendable {
        let cells: [CellView]
    }

    let tableName: String
    let caption: String
    let columns: [ColumnView]
    let rows: [RowView]
    let isEmpty: Bool
    let hasMoreRows: Bool
    let moreRows: String
    let hasExports: Bool
    let exports: [Export.Link]

    /// - Parameters:
    ///   - visit: The page whose address leads to the table as a file; nil where another link of the page does.
    ///   - form: The form of the page that is sent to have it, where the address alone does not lead there.
    init(_ table: DataTable, _ time: OfficeTime, on visit: PageVisit? = nil, by form: Export.Form? = nil) {
        exports = visit.map { Export.links(table, on: $0, by: form) } ?? []
        hasExports = !exports.isEmpty
        tableName = table.name
        caption = table.caption
        columns = table.columns.map { ColumnView(columnTitle: $0.title, isFigure: $0.isFigure) }
        isEmpty = table.rows.isEmpty
        hasMoreRows = table.more > 0
        moreRows = time.texts("tableMore", ["count": "\(table.more)"])
        rows = table.rows.map { row in
            RowView(
                cells: zip(row, table.columns).enumerated().map { index, part in
                    let (cell, column) = part
                    return CellView(
                        cellText: Self.text(cell.value, time),
                        cellLink: cell.link,
                        cellKind: cell.kind ?? "",
                        isFigure: column.isFigure,
                        isFirst: index == 0
                    )
                }
            )
        }
    }

    /// A value as people read it.
    static func text(_ value: DataTable.Value, _ time: OfficeTime) -> String {
        switch value {
        case .text(let text): text
        case .number(let number): "\(number)"
        case .time(let instant): time.text(instant)
        case .share(let share): "\(Int((share * 100).rounded()))%"
        case .empty: ""
        }
    }
}
