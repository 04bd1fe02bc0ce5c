//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Issuing an order by the console's form.
@Suite struct IssueTests {
    static let fields = [
        "title": "冬季安全检查", "body": "逐户检查楼道与电线。\r\n登记隐患。", "module": "publicSafety", "priority": "urgent",
        "scope[]": "999999001001", "to": "liaison", "mode": "automatic", "signOff[]": "cell-leader",
        "rollUp": "automatic", "dueAt": "2099-01-01", "dueAtTime": "",
    ]

    /// The form of somebody's page, filled in.
    private static func form(_ browser: Browser, _ changes: [String: String] = [:]) async throws -> Browser.Form {
        let page = try await browser.get("/orders/new").text
        var form = try #require(Browser.forms(page).first { $0.action == "/orders/plan" })
        form.fields.merge(fields) { $1 }
        form.fields.merge(changes) { $1 }
        return form
    }

    @Test("What would come of an order is shown before it is issued, and sending it twice issues one")
    func issue() async throws {
        try await TestAPI.run { api in
            _ = try await api.issueOrder()
            let browser = try await Browser.signedIn("street", api)
            let page = try await browser.get("/orders/new")
            #expect(page.status == 200)
            for unit in ["999999001", "999999001001", "999999001002002"] {
                #expect(page.text.contains("name=\"scope[]\" value=\"\(unit)\""))
            }
            #expect(!page.text.contains("value=\"99999900100100101\""))
            let plan = try await browser.submit(try await Self.form(browser))
            #expect(plan.status == 200 && plan.text.contains("下达后，14 个岗位会收到这项任务。"))
            #expect(plan.text.contains("持岗人\(TestStreet.liaison1.code)") && plan.text.contains("登记隐患。"))
            #expect(!plan.text.contains("持岗人\(TestStreet.leader3.code)"))
            // It has no time of issue yet, and says which limits were not set.
            #expect(plan.text.contains("<dt>签收期限</dt><dd>不限</dd>") && !plan.text.contains("<dt>下达时间</dt>"))
            let count = try await api.get("/v1/orders", as: "street").json["orders"].array.count
            #expect(count == 1)
            var form = try #require(Browser.forms(plan.text).first { $0.action == "/orders" })
            // The test's reader of forms does not decode what is escaped.
            form.fields["body"] = Self.fields["body"]
            var places: Set<String> = []
            for _ in 1...3 {
                let answer = try await browser.submit(form)
                #expect(answer.status == 303, "\(answer.text)")
                places.insert(try #require(answer.headers[.location]))
            }
            #expect(places.count == 1)
            let orders = try await api.get("/v1/orders", as: "street").json["orders"].array
            #expect(orders.count == 2)
            let id = try #require(orders[0]["id"].string)
            #expect(places == ["/orders/\(id)?did=issue"])
            let number = try #require(OrderID(id))
            let stored = try await api.store.read { try $0.order(number) }
            let order = try #require(stored)
            #expect(order.body == "逐户检查楼道与电线。\n登记隐患。" && order.priority == .urgent)
            #expect(order.signOff == ["cell-leader"] && order.scope.map(\.digits) == ["999999001001"])
            #expect(order.dueAt == Instant(rfc3339: "2099-01-01T15:59:00Z") && order.acceptBy == nil)
            #expect(try await browser.get("/orders/\(id)?did=issue").text.contains("已下达。"))
            // The same form with another text is another order, which its key does not stand for.
            let reused = try await browser.submit(form, ["title": "另一项"])
            #expect(reused.status == 422 && reused.text.contains("另一项"))
            let fresh = try #require(Browser.forms(reused.text).first { $0.action == "/orders/plan" })
            #expect(fresh.fields["key"] != form.fields["key"])
        }
    }

    @Test("A deadline is at the time of day that was chosen, by the office's clocks")
    func timeOfDay() async throws {
        try await TestAPI.run { api in
            let browser = try await Browser.signedIn("street", api)
            let chosen = ["acceptBy": "2098-12-31", "acceptByTime": "09:30", "dueAtTime": "18:00"]
            let plan = try await browser.submit(try await Self.form(browser, chosen))
            #expect(plan.text.contains("2099年1月1日 18:00"), "\(plan.text)")
            let form = try #require(Browser.forms(plan.text).first { $0.action == "/orders" })
            #expect(try await browser.submit(form).status == 303)
            let id = try await api.get("/v1/orders", as: "street").json["orders"].array[0]["id"].string ?? ""
            let order = try await api.get("/v1/orders/\(id)", as: "street").json["order"]
            #expect(order["dueAt"].string == "2099-01-01T10:00:00.000Z")
            #expect(order["acceptBy"].string == "2098-12-31T01:30:00.000Z")
        }
    }

    @Test("Whoever sends an order after her session has ended comes back to the form, where her browser kept it")
    func sessionOver() async throws {
        try await TestAPI.run { api in
            let form = try await Self.form(try await Browser.signedIn("street", api))
            #expect(form.text.contains("data-draft=\"new\""))
            let stranger = Browser(api: api, cookie: "x=y")
            for action in ["/orders/new", "/orders/plan", "/orders"] {
                let sent = Browser.Form(action: action, fields: form.fields, text: "")
                #expect(try await stranger.submit(sent).headers[.location] == "/m/sign-in?to=/orders/new")
            }
            let browser = try await Browser.signedIn("street", api)
            let wrong = try await browser.submit(try await Self.form(browser, ["title": ""]))
            #expect(wrong.text.contains("data-draft=\"shown\""))
        }
    }

    @Test("Going back from the preview keeps what was written")
    func edit() async throws {
        try await TestAPI.run { api in
            let browser = try await Browser.signedIn("community1", api)
            let plan = try await browser.submit(try await Self.form(browser))
            #expect(plan.status == 200, "\(plan.text)")
            let sent = try #require(Browser.forms(plan.text).first { $0.action == "/orders" })
            #expect(sent.text.contains("formaction=\"/orders/new\""))
            let back = Browser.Form(action: "/orders/new", fields: sent.fields, text: "")
            let page = try await browser.submit(back).text
            #expect(page.contains("value=\"冬季安全检查\"") && page.contains("value=\"999999001001\" checked"))
            #expect(page.contains("value=\"publicSafety\" selected") && page.contains("value=\"2099-01-01\""))
            #expect(page.contains("value=\"cell-leader\" checked") && page.contains("value=\"urgent\" selected"))
            for uri in ["/orders/plan", "/orders"] {
                #expect(try await browser.get(uri).headers[.location] == "/orders/new")
            }
        }
    }

    @Test(
        "What does not hold is named and shown again, and nothing is issued",
        arguments: [
            (["title": " "], "标题"), (["body": ""], "任务内容"), (["module": ""], "板块"), (["module": "x"], "板块"),
            (["scope[]": ""], "范围"), (["scope[]": "1"], "范围"), (["scope[]": "99999900100100101"], "范围"),
            (["to": "office"], "下达到"), (["signOff[]": "nobody"], "办结后需核查的岗位"),
            (["dueAt": "2020-01-01"], "办结期限"), (["dueAt": "", "dueAtTime": "10:00"], "办结期限"),
            (["dueAtTime": "24:00"], "办结期限"), (["dueAtTime": "noon"], "办结期限"), (["dueAt": "soon"], "办结期限"),
            (["acceptBy": "2099-02-01"], "签收期限"),
        ]
    )
    func wrong(changes: [String: String], field: String) async throws {
        try await TestAPI.run { api in
            let browser = try await Browser.signedIn("street", api)
            var form = try await Self.form(browser, changes)
            for action in ["/orders/plan", "/orders"] {
                form = Browser.Form(action: action, fields: form.fields, text: "")
                let answer = try await browser.submit(form)
                #expect(answer.status == 422 && answer.text.contains("请检查：\(field)"), "\(answer.text)")
                #expect(answer.text.contains("登记隐患。") || changes["body"] != nil)
            }
            #expect(try await api.get("/v1/orders", as: "street").json["orders"].array.isEmpty)
        }
    }

    @Test(
        "Nobody issues as a post that is not hers, beyond her area, or by a foreign page's form",
        arguments: AccessTests.people
    )
    func access(viewer: String) async throws {
        try await TestAPI.run { api in
            let browser = try await Browser.signedIn(viewer, api)
            let mayIssue = !viewer.hasPrefix("liaison")
            let page = try await browser.get("/orders/new")
            #expect(page.status == (mayIssue ? 200 : 404))
            let list = try await browser.get("/")
            #expect(list.text.contains("href=\"/orders/new\"") == mayIssue)
            let csrf = try #require(Browser.forms(list.text).first { $0.action == "/m/sign-out" }?.fields["csrf"])
            let own = try #require(TestStreet.people[viewer])
            for action in ["/orders/plan", "/orders"] {
                for (owner, post) in TestStreet.people where owner != viewer {
                    var fields = Self.fields
                    (fields["csrf"], fields["actor"]) = (csrf, "\(post)")
                    let form = Browser.Form(action: action, fields: fields, text: "")
                    #expect(try await browser.submit(form).status == 403, "\(viewer) as \(owner)")
                }
                var fields = Self.fields
                (fields["actor"], fields["csrf"]) = ("\(own)", csrf)
                fields["scope[]"] = "999999001002001"
                let beyond = Browser.Form(action: action, fields: fields, text: "")
                if viewer != "street", viewer != "community2", viewer != "leader3" {
                    let status = try await browser.submit(beyond).status
                    #expect(status == (mayIssue ? 422 : 404), "\(viewer)")
                }
                fields["csrf"] = "x"
                let foreign = Browser.Form(action: action, fields: fields, text: "")
                #expect(try await browser.submit(foreign).status == 403)
            }
            #expect(try await api.get("/v1/orders", as: "street").json["orders"].array.isEmpty)
        }
    }

    @Test("What people write in the form is text, whatever it looks like")
    func escaping() async throws {
        try await TestAPI.run { api in
            let hostile = #"<script>alert(1)</script>"&'"#
            let browser = try await Browser.signedIn("street", api)
            for changes in [["title": hostile, "body": hostile], ["title": hostile, "dueAt": hostile]] {
                let page = try await browser.submit(try await Self.form(browser, changes)).text
                #expect(!page.contains("<script>alert") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
            }
        }
    }

    @Test("The form is in English for who prefers it")
    func english() async throws {
        try await TestAPI.run { api in
            var browser = try await Browser.signedIn("street", api)
            browser.language = "en"
            let page = try await browser.submit(try await Self.form(browser)).text
            #expect(page.contains("Preview, not issued yet") && page.contains("14 posts"))
            #expect(page.contains("href=\"/orders/new?lang=zh\""))
        }
    }
}
