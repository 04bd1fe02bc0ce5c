//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridPages
import GridStore
import HTTPTypes
import Hummingbird
import NIOCore

/// Tables of a page, taken along as files: the page's own address with the table and the kind of file.
struct Export {
    /// How many rows a file has at most.
    static let longest = 20_000

    /// A kind of file.
    enum Format: String, CaseIterable, Sendable {
        case csv, xlsx

        var type: String {
            switch self {
            case .csv: "text/csv; charset=utf-8"
            case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        }
    }

    /// Where a table is to be had as a file; names as in `exports.mustache`.
    struct Link: Sendable {
        let exportLink: String
        let exportText: String
        let exportLabel: String
        /// The form that is sent there, where the table comes of what was sent in it; nil for a plain link.
        let exportForm: String?
    }

    /// A form of a page, by its id, and what it is sent to.
    struct Form: Sendable {
        let id: String
        let action: String
    }

    /// The links to the files of a table on the page that is visited, or buttons that send a form there.
    static func links(_ table: DataTable, on visit: PageVisit, by form: Form? = nil) -> [Link] {
        let all = LanguageChoice.restOfQuery(of: visit.request).filter { !$0.hasPrefix("after=") }
        let query = form == nil ? all : []
        return Format.allCases.map { format in
            let own = ["table=\(table.name)", "format=\(format.rawValue)"]
            let text = visit.texts("format", of: format.rawValue)
            return Link(
                exportLink: (form?.action ?? "") + "?" + (query + own).joined(separator: "&"),
                exportText: text,
                exportLabel: visit.texts("exportLabel", ["table": table.caption, "format": text]),
                exportForm: form?.id
            )
        }
    }

    /// The file that is asked for; nil where the page itself is.
    ///
    /// - Parameter tables: Reads the table with a name; nil where there is none.
    static func response(
        _ visit: PageVisit,
        _ table: @escaping @Sendable (String, StoreReader) throws -> DataTable?
    ) async throws -> Response? {
        try await response(visit, reading: { name in try await visit.services.store.read { try table(name, $0) } })
    }

    /// The file that is asked for, its table read otherwise than from the state file alone.
    static func response(
        _ visit: PageVisit,
        reading table: (String) async throws -> DataTable?
    ) async throws -> Response? {
        guard let word = visit.query("format") else { return nil }
        guard let format = Format(rawValue: word), let name = visit.query("table"), let table = try await table(name)
        else { throw Problem.notFound("there is no such table") }
        let time = visit.time
        // Off the threads that serve requests: a long table takes a while, and a workbook goes through a file.
        let bytes = try await visit.services.exports.run {
            switch format {
            case .csv: Array(CSVFile.text(of: table, time).utf8)
            case .xlsx: try WorkbookFile.bytes(of: table, time)
            }
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: format.type,
                .contentDisposition: "attachment; filename=\"\(table.name)-\(time.today).\(format.rawValue)\"",
            ],
            body: .init(byteBuffer: ByteBuffer(bytes: bytes))
        )
    }
}
