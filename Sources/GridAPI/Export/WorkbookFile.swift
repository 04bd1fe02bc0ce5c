//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CXLSXWriter
import Foundation

/// A table as a workbook of Office Open XML, written by libxlsxwriter.
enum WorkbookFile {
    /// The workbook could not be written.
    struct Failure: Error, CustomStringConvertible {
        /// What libxlsxwriter says.
        let description: String
    }

    /// The longest text of a cell, in Unicode scalars; Excel takes 32,767 units of UTF-16.
    private static let longestText = 16_000
    /// The days from the beginning of Excel's calendar to that of ours.
    private static let epoch = 25_569.0

    /// Writes a table, through a file that is gone afterwards. Blocks.
    ///
    /// - Throws: `Failure`, or what keeps the file from being read.
    static func bytes(of table: DataTable, _ time: OfficeTime) throws -> [UInt8] {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("gridwork-\(UUID().uuidString).xlsx").path
        // Where it could not be written there is none to remove.
        defer { try? FileManager.default.removeItem(atPath: path) }
        guard let workbook = workbook_new(path) else { throw Failure(description: "no memory for a workbook") }
        do {
            try fill(workbook, table, time)
        } catch {
            // Frees it; the file is of no use.
            _ = workbook_close(workbook)
            throw error
        }
        try check(workbook_close(workbook))
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private static func fill(
        _ workbook: UnsafeMutablePointer<lxw_workbook>,
        _ table: DataTable,
        _ time: OfficeTime
    ) throws {
        guard let sheet = workbook_add_worksheet(workbook, table.name) else {
            throw Failure(description: "the workbook takes no sheet named \(table.name)")
        }
        let head = workbook_add_format(workbook)
        format_set_bold(head)
        let moment = workbook_add_format(workbook)
        format_set_num_format(moment, "yyyy-mm-dd hh:mm")
        let percent = workbook_add_format(workbook)
        format_set_num_format(percent, "0%")
        for (index, column) in table.columns.enumerated() {
            let place = UInt16(index)
            try check(worksheet_set_column(sheet, place, place, column.isFigure ? 10 : 24, nil))
            try check(worksheet_write_string(sheet, 0, place, column.title, head))
        }
        for (index, row) in table.rows.enumerated() {
            for (column, cell) in row.enumerated() {
                let (line, place) = (UInt32(index + 1), UInt16(column))
                switch cell.value {
                case .text(let text): try check(worksheet_write_string(sheet, line, place, cut(text), nil))
                case .number(let number): try check(worksheet_write_number(sheet, line, place, Double(number), nil))
                case .time(let instant):
                    let days = Double(time.local(instant)) / 86_400_000 + epoch
                    try check(worksheet_write_number(sheet, line, place, days, moment))
                case .share(let share): try check(worksheet_write_number(sheet, line, place, share, percent))
                case .empty: break
                }
            }
        }
        worksheet_freeze_panes(sheet, 1, 0)
        if !table.columns.isEmpty {
            try check(worksheet_autofilter(sheet, 0, 0, UInt32(table.rows.count), UInt16(table.columns.count - 1)))
        }
    }

    private static func cut(_ text: String) -> String {
        guard text.unicodeScalars.count > longestText else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(longestText)))
    }

    private static func check(_ error: lxw_error) throws {
        guard error != LXW_NO_ERROR else { return }
        throw Failure(description: lxw_strerror(error).map { String(cString: $0) } ?? "error \(error.rawValue)")
    }
}
