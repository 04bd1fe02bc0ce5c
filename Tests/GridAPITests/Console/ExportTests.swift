//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridPages
import GridRuntime
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Tables as files.
@Suite struct ExportTests {
    private static let time = OfficeTime(now: Instant(milliseconds: 1_795_430_000_000), zone: .china, texts: .of(.zh))

    private static func table(_ values: [DataTable.Value]) -> DataTable {
        DataTable(
            name: "test",
            caption: "Test",
            columns: values.map { _ in .init(title: "列") },
            rows: [values.map { DataTable.Cell(value: $0) }]
        )
    }

    @Test(
        "Values are quoted as RFC 4180 says, and none is taken for a formula",
        arguments: [
            (.text("a"), "a"), (.text("a,b"), "\"a,b\""), (.text("a \"b\""), "\"a \"\"b\"\"\""),
            (.text("a\nb"), "\"a\nb\""), (.text("a\r\nb"), "\"a\r\nb\""), (.text("=1+1"), "'=1+1"),
            (.text("+86"), "'+86"), (.text("-1"), "'-1"), (.text("@SUM(A1)"), "'@SUM(A1)"),
            (.text("\t=1"), "'\t=1"), (.text("＝1"), "'＝1"), (.text("=\"a\",1"), "\"'=\"\"a\"\",1\""),
            (.number(-1), "-1"), (.share(0.856), "86%"), (.empty, ""), (.text("街道"), "街道"),
            (.time(Instant(milliseconds: 1_795_430_700_000)), "2026-11-23 18:45"),
        ] as [(DataTable.Value, String)]
    )
    func csv(value: DataTable.Value, expected: String) {
        let text = CSVFile.text(of: Self.table([value]), Self.time)
        #expect(text.unicodeScalars.elementsEqual("\u{feff}列\r\n\(expected)\r\n".unicodeScalars), "\(text)")
    }

    @Test("A workbook has texts as texts, figures as figures and times as times")
    func workbook() async throws {
        let values: [DataTable.Value] = [
            .text("=1+1 <街道>"), .number(42), .share(0.5), .empty, .text(String(repeating: "长", count: 40_000)),
            .time(Instant(milliseconds: 1_795_430_700_000)),
        ]
        let bytes = try WorkbookFile.bytes(of: Self.table(values), Self.time)
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).xlsx").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        func part(_ name: String) async throws -> String {
            let script = "import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]).decode())"
            return try await program("/usr/bin/python3", ["-c", script, path, name]).output
        }
        let sheet = try await part("xl/worksheets/sheet1.xml")
        #expect(sheet.contains("<v>42</v>") && sheet.contains("<v>0.5</v>") && !sheet.contains("<f>"))
        // 18:45 on 2026-11-23 in days of Excel's calendar.
        #expect(sheet.contains("<v>46349.78125<"), "\(sheet)")
        let strings = try await part("xl/sharedStrings.xml")
        #expect(strings.contains("<t>=1+1 &lt;街道&gt;</t>") && strings.contains("列"))
    }

    @Test("The tables of the pages are to be had as files, with the filter of the page and what she sees only")
    func files() async throws {
        try await TestAPI.run { api in
            let first = try await api.issueOrder()
            let second = try await api.issueOrder(["title": "=cmd|' /C calc'!A0", "module": "services"])
            let street = try await Browser.signedIn("street", api)
            let page = try await street.get("/?module=services").text
            #expect(page.contains("?module=services&amp;table=orders&amp;format=csv"))
            let file = try await street.get("/?module=services&table=orders&format=csv")
            #expect(file.status == 200 && file.headers[.contentType] == "text/csv; charset=utf-8")
            let name = "orders-\(OfficeTime(now: api.clock.wall.now, zone: .china, texts: .of(.zh)).today).csv"
            #expect(file.headers[.contentDisposition] == "attachment; filename=\"\(name)\"")
            #expect(file.text.contains(second) && !file.text.contains(first))
            #expect(file.text.contains("'=cmd|' /C calc'!A0"))
            let tree = try await street.get("/orders/\(first)?table=assignments&format=csv").text
            #expect(tree.split(separator: "\r\n").count == 30)
            let own = try await Browser.signedIn("community1", api)
            let part = try await own.get("/orders/\(first)?table=assignments&format=csv").text
            #expect(part.split(separator: "\r\n").count == 15 && !part.contains("单位\(TestStreet.leader3.code)"))
            for uri in ["/?table=orders", "/orders/\(first)?table=holding-up", "/escalations?table=escalations"] {
                let book = try await own.get("\(uri)&format=xlsx")
                #expect(book.status == 200 && book.text.hasPrefix("PK"), "\(uri)")
            }
            for uri in ["/?table=x&format=csv", "/?table=orders&format=x", "/?format=csv"] {
                #expect(try await own.get(uri).status == 404, "\(uri)")
            }
            let group = try await Browser.signedIn("leader3", api)
            let cell = try await api.issueOrder(["scope": ["999999001001001"]])
            #expect(try await group.get("/orders/\(cell)?table=assignments&format=csv").status == 404)
        }
    }
}
