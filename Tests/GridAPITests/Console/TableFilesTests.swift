//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import HTTPTypes
import Testing

@testable import GridAPI

/// The files of the tables, as the console's pages offer them.
@Suite struct TableFilesTests {
    /// A page as somebody sees it.
    private struct Page {
        let browser: Browser
        let address: String
        let text: String

        /// The tables that it shows, as their names in files.
        var tables: Set<String> { Set(text.matches(of: /<table id="t-([A-Za-z-]+)"/).map { String($0.output.1) }) }

        init(_ address: String, _ browser: Browser) async throws {
            self.init(address, browser, text: try await browser.get(address).text)
        }

        init(_ address: String, _ browser: Browser, text: String) {
            (self.address, self.browser, self.text) = (address, browser, text)
        }

        /// Takes a table along by what the page offers: a link, or a button that sends one of its forms.
        func file(of table: String, as format: String) async throws -> Answer {
            let query = "?table=\(table)&amp;format=\(format)\""
            let parts = text.components(separatedBy: query)
            // One place that offers it, and no second one that says it differently.
            try #require(parts.count == 2, "\(address): \(table) as \(format)")
            let plain = "?table=\(table)&format=\(format)"
            if parts[0].hasSuffix("href=\"") { return try await browser.get(address + plain) }
            let button = try #require(parts[0].firstMatch(of: /form="([a-z]+)" formaction="([a-z\/]*)$/))
            let form = try #require(Browser.forms(text).first { $0.text.hasPrefix("id=\"\(button.output.1)\"") })
            return try await browser.submit(.init(action: button.output.2 + plain, fields: form.fields, text: ""))
        }
    }

    @Test("Every table of the console's pages is to be had as CSV and as a workbook, by what its page offers")
    func everyTable() async throws {
        try await TestAPI.run(operations: OperationsPageTests.Desk()) { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            let leader = try await Browser.signedIn("leader1", api)
            _ = try await leader.act("escalate", on: "/m/items/\(id)", ["note": "物业不配合"])
            try await api.deliverMail()
            let street = try await Browser.signedIn("street", api)
            let community = try await Browser.signedIn("community1", api)
            // One escalation waits and none is settled; then the other way round.
            let waiting = try await Page("/escalations", community)
            _ = try await community.act("answer", on: "/escalations")
            let blank = Browser.forms(try await street.get("/orders/new").text).first { $0.action == "/orders/plan" }
            var form = try #require(blank)
            form.fields.merge(IssueTests.fields) { $1 }
            let plan = try await street.submit(form).text
            let pages: [(Page, tables: Set<String>, lists: Set<String>)] = [
                (waiting, [], ["escalations"]),
                (try await Page("/escalations", community), ["escalations"], []),
                (Page("/orders/plan", street, text: plan), ["levels", "recipients"], []),
                (try await Page("/", street), ["orders"], []),
                (try await Page("/orders/new", street), [], []),
                (try await Page("/orders/\(order)", street), ["holding-up"], ["assignments"]),
                (try await Page("/orders/\(order)/slip", street), [], []),
                (try await Page("/late", street), [], []),
                (try await Page("/statistics", street), ["flow", "onTime", "load"], []),
                (try await Page("/operations", street), ["state", "processes", "mailboxes"], ["dead-letters"]),
            ]
            for (page, tables, lists) in pages {
                #expect(page.tables == tables, "\(page.address)")
                for table in tables.union(lists) {
                    for (format, beginning) in [("csv", "\u{feff}"), ("xlsx", "PK")] {
                        let file = try await page.file(of: table, as: format)
                        let name = file.headers[.contentDisposition] ?? ""
                        #expect(file.status == 200 && file.text.hasPrefix(beginning), "\(page.address): \(table)")
                        #expect(name.hasPrefix("attachment; filename=\"\(table)-") && name.hasSuffix(".\(format)\""))
                    }
                }
            }
            let file = try await waiting.file(of: "escalations", as: "csv")
            #expect(file.text.contains("物业不配合") && file.text.split(separator: "\r\n").count == 2)
            // The preview's files are of the order as it was written, and issue nothing.
            let recipients = try await pages[2].0.file(of: "recipients", as: "csv").text
            #expect(recipients.split(separator: "\r\n").count == 15)
            #expect(recipients.contains("持岗人\(TestStreet.liaison1.code)"))
            #expect(try await api.get("/v1/orders", as: "street").json["orders"].array.count == 1)
        }
    }
}
