//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Answering escalations on the console.
@Suite struct EscalationPageTests {
    /// Lets a cell's leader escalate to her community.
    private static func escalate(_ api: TestAPI, _ note: String = "物业不配合") async throws -> String {
        let order = try await api.issueOrder()
        let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
        _ = try await Browser.signedIn("leader1", api).act("escalate", on: "/m/items/\(id)", ["note": note])
        try await api.deliverMail()
        return id
    }

    @Test("An escalation waits in the menu and on the page until it is answered, once, with more time")
    func answer() async throws {
        try await TestAPI.run { api in
            let id = try await Self.escalate(api)
            let browser = try await Browser.signedIn("community1", api)
            #expect(try await browser.get("/").text.contains("上报 <b>1</b>"))
            let page = try await browser.get("/escalations").text
            #expect(page.contains("物业不配合") && page.contains("持岗人\(TestStreet.leader1.code)"))
            let forms = Browser.forms(page).filter { $0.action == "/escalations/\(id)/answer" }
            let form = try #require(forms.first { $0.fields["answer"] == "carryOn" })
            let late = try await browser.submit(form, ["until": "2020-01-01", "note": "再给些时间"])
            #expect(late.status == 422 && late.text.contains("再给些时间"))
            let again = try #require(Browser.forms(late.text).first { $0.fields["answer"] == "carryOn" })
            for _ in 1...2 {
                let answer = try await browser.submit(again, ["until": "2099-01-01", "note": "再给些时间"])
                #expect(answer.status == 303 && answer.headers[.location] == "/escalations?did=answer")
            }
            let after = try await browser.get("/escalations?did=answer").text
            #expect(after.contains("批示已发出。") && after.contains("没有等您批示的上报。") && after.contains("已批示"))
            #expect(!(try await browser.get("/").text.contains("上报 <b>")))
            try await api.deliverMail()
            let item = try await Browser.signedIn("leader1", api).get("/m/items/\(id)").text
            #expect(item.contains("2099年1月1日 23:59") && item.contains("再给些时间"))
        }
    }

    @Test("Only the superior sees an escalation and answers it", arguments: AccessTests.people)
    func access(viewer: String) async throws {
        try await TestAPI.run { api in
            let id = try await Self.escalate(api, "<b>物业</b>不配合")
            let browser = try await Browser.signedIn(viewer, api)
            let page = try await browser.get("/escalations")
            #expect(page.status == 200 && page.text.contains("&lt;b&gt;物业&lt;/b&gt;") == (viewer == "community1"))
            let home = try await browser.get("/").text
            #expect(home.contains("href=\"/escalations\"") == !viewer.hasPrefix("liaison"))
            let csrf = try #require(Browser.forms(home).first { $0.action == "/m/sign-out" }?.fields["csrf"])
            let own = try #require(TestStreet.people[viewer])
            for actor in [own, TestStreet.community1] where actor != TestStreet.community1 || viewer != "community1" {
                let fields = ["csrf": csrf, "actor": "\(actor)", "answer": "takeOver"]
                let form = Browser.Form(action: "/escalations/\(id)/answer", fields: fields, text: "")
                let status = try await browser.submit(form).status
                #expect((400..<500).contains(status), "\(viewer) as \(actor): \(status)")
            }
            let fields = ["csrf": "x", "actor": "\(own)", "answer": "takeOver"]
            let foreign = Browser.Form(action: "/escalations/\(id)/answer", fields: fields, text: "")
            #expect(try await browser.submit(foreign).status == 403)
            let assignment = try #require(AssignmentID(id))
            let lines = try await api.store.read { try $0.history(of: assignment, limit: 100) }
            #expect(!lines.contains { $0.event == .escalationSettled || $0.event == .recalled })
        }
    }
}
