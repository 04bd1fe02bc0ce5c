//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A table as comma-separated values (RFC 4180), written so that spreadsheets read it as it is meant.
enum CSVFile {
    /// Tells spreadsheets that it is UTF-8; without it they read Chinese as something else.
    private static let byteOrderMark = "\u{feff}"

    /// What formulas begin with, the last four as Chinese keyboards write them; and what comes before one unseen.
    private static let beginnings = Set("=+-@\t\r\n\u{ff1d}\u{ff0b}\u{ff0d}\u{ff20}".unicodeScalars)

    /// Writes a table.
    static func text(of table: DataTable, _ time: OfficeTime) -> String {
        let head = line(table.columns.map { guarded($0.title) })
        let rows = table.rows.map { row in line(row.map { field($0.value, time) }) }
        return byteOrderMark + ([head] + rows).joined()
    }

    private static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\r\n"
    }

    private static func field(_ value: DataTable.Value, _ time: OfficeTime) -> String {
        switch value {
        case .text(let text): guarded(text)
        case .number(let number): "\(number)"
        case .time(let instant): time.stamp(instant)
        case .share: TableView.text(value, time)
        case .empty: ""
        }
    }

    /// A text that no spreadsheet takes for a formula: what begins like one is given an apostrophe.
    private static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, beginnings.contains(first) else { return text }
        return "'" + text
    }

    private static func quoted(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return field }
        return "\"" + field.replacing("\"", with: "\"\"") + "\""
    }
}
