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

/// The pages for the field as somebody without a script uses them.
@Suite struct FieldPageTests {
    @Test("A liaison acknowledges in the list with one tap, reports, and completes with a note")
    func liaison() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let browser = try await Browser.signedIn("liaison1", api)
            let list = try await browser.get("/m")
            #expect(list.status == 200)
            #expect(list.text.contains("冬季安全检查") && list.text.contains("时间充裕") && list.text.contains("待签收"))
            let after = try await browser.act("acknowledge", on: "/m")
            #expect(after.text.contains("已签收。"))
            #expect(!after.text.contains("/acknowledge"))
            let item = "/m/items/\(id)"
            #expect(try await browser.get(item).text.contains("逐户检查楼道与电线。"))
            _ = try await browser.act("progress", on: item, ["note": "已走访一半"])
            let done = try await browser.act("complete", on: item, ["note": "全部走访\r\n没有隐患"])
            #expect(done.text.contains("办结已提交。") && done.text.contains("全部走访\n没有隐患"))
            #expect(try await browser.get("/m").text.contains("没有待办任务。"))
            #expect(try await browser.get("/m?tab=done").text.contains(item))
        }
    }

    @Test("Whoever comes from the console goes back there, also after a command, and nowhere else")
    func wayBack() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            let browser = try await Browser.signedIn("leader1", api)
            let item = "/m/items/\(id)?back=/orders/\(order)"
            let page = try await browser.get(item).text
            #expect(page.contains("<a href=\"/orders/\(order)\">返回控制台</a>"))
            #expect(page.contains("<a class=\"console\" href=\"/\">控制台</a>"))
            let done = try await browser.act("acknowledge", on: item)
            #expect(done.text.contains("已签收。") && done.text.contains("<a href=\"/orders/\(order)\">返回控制台</a>"))
            for back in ["", "?back=//evil.example/", "?back=/m/below", "?back=https://evil.example/"] {
                let page = try await browser.get("/m/items/\(id)\(back)").text
                #expect(page.contains("<a href=\"/m\">返回列表</a>") && !page.contains("<a href=\"//"), "\(back)")
            }
            #expect(!(try await Browser.signedIn("liaison1", api).get("/m").text.contains("class=\"console\"")))
        }
    }

    @Test("A form sent twice does its work once")
    func twice() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let browser = try await Browser.signedIn("liaison1", api)
            _ = try await browser.act("acknowledge", on: "/m")
            let page = try await browser.get("/m/items/\(id)").text
            let form = try #require(Browser.forms(page).first { $0.action.hasSuffix("/progress") })
            for _ in 1...3 { #expect(try await browser.submit(form, ["note": "once"]).status == 303) }
            let lines = try await api.get("/v1/assignments/\(id)/history", as: "liaison1").json["lines"].array
            #expect(lines.count { $0["event"].string == "progressed" } == 1)
            #expect(try await browser.submit(form, ["note": "another"]).status == 422)
        }
    }

    @Test("What has changed meanwhile is shown as it is now, with what was typed")
    func changed() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let browser = try await Browser.signedIn("liaison1", api)
            let page = try await browser.get("/m/items/\(id)").text
            let form = try #require(Browser.forms(page).first { $0.action.hasSuffix("/return") })
            _ = try await api.post("/v1/assignments/\(id)/acknowledge", as: "liaison1")
            let answer = try await browser.submit(form, ["note": "不在<b>我</b>这里"])
            #expect(answer.status == 412)
            #expect(answer.text.contains("这项任务刚刚有了变化") && answer.text.contains("办理中"))
            #expect(answer.text.contains(">不在&lt;b&gt;我&lt;/b&gt;这里</textarea>"))
            let again = try #require(Browser.forms(answer.text).first { $0.action.hasSuffix("/return") })
            #expect(again.fields["key"] != form.fields["key"])
            #expect(try await browser.submit(again, ["note": "不在我这里"]).status == 303)
        }
    }

    @Test("What the rules refuse is said with the present state")
    func refused() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let browser = try await Browser.signedIn("liaison1", api)
            let page = try await browser.get("/m/items/\(id)").text
            let escalate = try #require(Browser.forms(page).first { $0.action.hasSuffix("/escalate") })
            let empty = try await browser.submit(escalate, ["note": " \r\n "])
            #expect(empty.status == 422 && empty.text.contains("请检查填写的内容"))
            _ = try await browser.act("complete", on: "/m/items/\(id)")
            var late = escalate
            late.fields["revision"] = nil
            late.fields["key"] = "another"
            let refused = try await browser.submit(late, ["note": "x"])
            #expect(refused.status == 409 && refused.text.contains("现在不能这样操作"))
        }
    }

    @Test("A leader sees who has not answered, urges one and all, and signs off or sends back")
    func leader() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder([
                "cascade": ["to": "liaison", "mode": "automatic"], "signOff": ["liaison"],
            ])
            let (id1, id2) = (
                try await api.assignment(of: order, heldBy: TestStreet.liaison1),
                try await api.assignment(of: order, heldBy: TestStreet.liaison2)
            )
            let leader = try await Browser.signedIn("group1", api)
            let below = try await leader.get("/m/below")
            #expect(below.text.contains("2 项未完成，其中 2 项未签收、0 项待核查"))
            #expect(Browser.forms(below.text).count { $0.action.hasSuffix("/urge") } == 3)
            #expect(try await leader.act("urge", on: "/m/below").text.contains("已催办。"))
            try await api.deliverMail()
            for (name, id) in [("liaison1", id1), ("liaison2", id2)] {
                let lines = try await api.get("/v1/assignments/\(id)/history", as: name).json["lines"].array
                #expect(lines.contains { $0["event"].string == "urged" }, "\(name)")
                _ = try await Browser.signedIn(name, api).act("complete", on: "/m/items/\(id)")
            }
            try await api.deliverMail()
            _ = try await leader.act("sign-off", on: "/m/below")
            let page = try await leader.act("rework", on: "/m/below", ["note": "请再看一遍"])
            #expect(page.text.contains("已退回返工。"))
            try await api.deliverMail()
            let states = try await api.store.read { store in
                try [id1, id2].map { try store.assignment(try #require(AssignmentID($0)))?.state }
            }
            #expect(Set(states) == [.completed, .accepted])
        }
    }

    @Test("A leader gives work that came back to somebody else, or lets it be")
    func returned() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["cascade": ["to": "liaison", "mode": "automatic"]])
            let ids = [
                try await api.assignment(of: order, heldBy: TestStreet.liaison1),
                try await api.assignment(of: order, heldBy: TestStreet.liaison2),
            ]
            for (name, id) in zip(["liaison1", "liaison2"], ids) {
                _ = try await Browser.signedIn(name, api).act("return", on: "/m/items/\(id)", ["note": "人不在"])
            }
            try await api.deliverMail()
            let leader = try await Browser.signedIn("group1", api)
            let form = try #require(
                Browser.forms(try await leader.get("/m/below").text).first { $0.action.hasSuffix("\(ids[0])/reassign") }
            )
            // The post that gave it back stands first: often it was a misunderstanding.
            let options = form.text.components(separatedBy: "<option value=\"").dropFirst().map {
                $0.prefix { $0 != "\"" }
            }
            #expect(options.first == "\(TestStreet.liaison1)" && options.contains("\(TestStreet.liaison2)"))
            let change = ["post": "\(TestStreet.liaison2)", "note": "请您代办"]
            #expect(try await leader.submit(form, change).status == 303)
            let page = try await leader.act("\(ids[1])/recall", on: "/m/below", ["note": "由社区办理"])
            #expect(page.text.contains("已撤回。"))
            try await api.deliverMail()
            let root = try #require(AssignmentID(order))
            let open = try await api.store.read { try $0.assignments(under: root) }
                .filter { [TestStreet.liaison1, TestStreet.liaison2].contains($0.post) && !$0.state.isFinal }
            #expect(open.map(\.post) == [TestStreet.liaison2])
            #expect(!Browser.forms(try await leader.get("/m/below").text).contains { $0.action.hasSuffix("/recall") })
        }
    }

    @Test("A superior answers an escalation, with more time where she gives it")
    func answer() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let liaison = try await Browser.signedIn("liaison1", api)
            _ = try await liaison.act("escalate", on: "/m/items/\(id)", ["note": "门锁着"])
            try await api.deliverMail()
            let group = try await Browser.signedIn("group1", api)
            let below = try await group.get("/m/below")
            #expect(below.text.contains("门锁着"))
            let form = try #require(Browser.forms(below.text).first { $0.fields["answer"] == "carryOn" })
            #expect(try await group.submit(form, ["until": "2020-01-01"]).status == 422)
            let again = try #require(
                Browser.forms(try await group.get("/m/below").text).first { $0.fields["answer"] == "carryOn" }
            )
            #expect(try await group.submit(again, ["until": "2099-01-01", "note": "找物业"]).status == 303)
            try await api.deliverMail()
            let item = try await liaison.get("/m/items/\(id)").text
            #expect(item.contains("2099年1月1日 23:59") && item.contains("找物业"))
        }
    }

    @Test("Lights are told in words: due soon, overdue, and nothing where it is handed in")
    func lights() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let browser = try await Browser.signedIn("liaison1", api)
            api.clock.advance(milliseconds: 6 * 86_400_000)
            #expect(try await browser.get("/m").text.contains("快到期"))
            #expect(try await browser.get("/m?tab=overdue").text.contains("没有逾期任务。"))
            api.clock.advance(milliseconds: 2 * 86_400_000)
            let late = try await browser.get("/m?tab=overdue").text
            #expect(late.contains("已逾期") && late.contains("已超 1 天") && late.contains("/m/items/\(id)"))
            _ = try await browser.act("complete", on: "/m/items/\(id)")
            #expect(try await browser.get("/m?tab=done").text.contains("已逾期") == false)
        }
    }

    @Test("The limit to acknowledge by has its light too, and who misses it is late until a superior has answered")
    func acknowledging() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["acceptBy": "P1D"])
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let liaison = try await Browser.signedIn("liaison1", api)
            let group = try await Browser.signedIn("group1", api)
            #expect(try await liaison.get("/m").text.contains("时间充裕</strong> 请在 "))
            api.clock.advance(milliseconds: 22 * 3_600_000)
            #expect(try await liaison.get("/m").text.contains("快到期</strong> 请在 "))
            #expect(try await liaison.get("/m?tab=overdue").text.contains("没有逾期任务。"))
            api.clock.advance(milliseconds: 4 * 3_600_000)
            let below = try await group.get("/m/below").text
            #expect(below.contains("已逾期</strong> 应于 ") && below.contains("前签收，已超 2 小时"))
            #expect(below.contains("待签收</span> 已等 1 天 2 小时"))
            let late = try await Browser.signedIn("street", api).get("/?late=1").text
            #expect(late.contains("/orders/\(order)\""))
            for isEscalated in [false, true] {
                if isEscalated { try await api.fireTimers() }
                let page = try await liaison.get("/m?tab=overdue").text
                #expect(page.contains("/m/items/\(id)") && page.contains("前签收，已超 2 小时"), "\(isEscalated)")
            }
            let form = try #require(
                Browser.forms(try await group.get("/m/items/\(id)").text).first { $0.fields["answer"] == "carryOn" }
            )
            #expect(try await group.submit(form).status == 303)
            try await api.deliverMail()
            #expect(try await liaison.get("/m?tab=overdue").text.contains("没有逾期任务。"))
            #expect(try await liaison.get("/m").text.contains("时间充裕"))
        }
    }

    @Test("The pages are in English for who prefers it, and a link changes that for good")
    func languages() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            var browser = try await Browser.signedIn("liaison1", api)
            browser.language = "en-US"
            for uri in ["/m", "/m?tab=done", "/m/items/\(id)", "/m/below", "/m/sign-in", "/m/nothing"] {
                let page = try await browser.get(uri)
                #expect(page.text.contains("<html lang=\"en\">"), "\(uri)")
            }
            #expect(try await browser.get("/m/items/\(id)").text.contains("Acknowledge"))
            let switched = try await browser.get("/m?tab=done&lang=zh")
            #expect(switched.status == 303 && switched.headers[.location] == "/m?tab=done")
            let cookie = try #require(switched.headers[.setCookie]?.prefix { $0 != ";" })
            #expect(cookie == "gridwork-language=zh")
            browser = Browser(api: api, cookie: "\(browser.cookie); \(cookie)", language: "en-US")
            #expect(try await browser.get("/m").text.contains("<html lang=\"zh-CN\">"))
        }
    }
}
