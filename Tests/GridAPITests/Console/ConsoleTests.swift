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

/// The console as somebody without a script uses it.
@Suite struct ConsoleTests {
    @Test("The list has the orders that she sees, the newest first, found by title, number, state, module and lateness")
    func list() async throws {
        try await TestAPI.run { api in
            let first = try await api.issueOrder()
            let second = try await api.issueOrder(["title": "Flood <watch>", "module": "services", "dueAt": "P30D"])
            let browser = try await Browser.signedIn("street", api)
            let page = try await browser.get("/")
            #expect(page.status == 200 && page.text.contains("Flood &lt;watch&gt;"))
            func found(_ uri: String) async throws -> [Bool] {
                let text = try await browser.get(uri).text
                return [first, second].map { text.contains("/orders/\($0)\"") }
            }
            #expect(try await found("/") == [true, true])
            #expect(try await found("/?q=flood") == [false, true])
            #expect(try await found("/?q=\(first)") == [true, false])
            #expect(try await found("/?module=services&state=&q=") == [false, true])
            #expect(try await found("/?state=completed") == [false, false])
            #expect(try await found("/?late=1") == [false, false])
            api.clock.advance(milliseconds: 8 * 86_400_000)
            #expect(try await found("/?late=1") == [true, false])
            #expect(try await browser.get("/?late=1").text.contains("已逾期"))
            #expect(try await browser.get("/?q=nothing").text.contains("没有符合条件的任务。"))
        }
    }

    @Test("A long list goes on page by page, with its filter")
    func pages() async throws {
        let rate = APIConfiguration.Rate(perSecond: 1_000, burst: 10_000)
        try await TestAPI.run(APIConfiguration(rate: rate, passwordCost: TestAPI.cheap)) { api in
            let changes: [String: any Sendable] = [
                "scope": ["999999001001001"], "cascade": ["to": "cell-leader", "mode": "automatic"],
            ]
            var orders: [String] = []
            for _ in 0...OrderListPage.length { orders.append(try await api.issueOrder(changes)) }
            let browser = try await Browser.signedIn("street", api)
            let first = try await browser.get("/?module=publicSafety").text
            let links = first.components(separatedBy: "href=\"")
            let link = try #require(links.first { $0.hasPrefix("/?") && $0.contains("after=") })
            let address = link.prefix { $0 != "\"" }.replacing("&amp;", with: "&")
            #expect(address.hasPrefix("/?module=publicSafety&after="))
            let second = try await browser.get(String(address)).text
            for (index, order) in orders.enumerated() {
                #expect(first.contains("/orders/\(order)\"") == (index > 0))
                #expect(second.contains("/orders/\(order)\"") == (index == 0))
            }
            #expect(second.contains("第一页") && !second.contains("下一页"))
        }
    }

    @Test("An order's page has its tree by community, cell and group, its counts, and who holds it up")
    func tree() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            _ = try await Browser.signedIn("liaison1", api).act("complete", on: "/m/items/\(id)")
            try await api.deliverMail()
            let browser = try await Browser.signedIn("street", api)
            let page = try await browser.get("/orders/\(order)").text
            #expect(page.contains("data-follow=\"/v1/orders/\(order)/events?after"))
            #expect(page.contains("逐户检查楼道与电线。"))
            let leader = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            let group = try await api.assignment(of: order, heldBy: TestStreet.group1)
            let nodes = ["\(TestStreet.community1)", leader, group].map { "<details id=\"n-\($0)\"" }
            let places = nodes.compactMap { page.range(of: $0)?.lowerBound }
            #expect(places.count == 3 && places == places.sorted())
            #expect(!page.contains("<details id=\"n-\(id)\""))
            // Of two liaisons in the group, one has completed; of a cell's 2 groups with 4 liaisons likewise.
            #expect(page.contains("办结 1/3") && page.contains("办结 1/7") && page.contains("办结 1/14"))
            #expect(page.contains("卡在谁那里") && page.contains("单位\(TestStreet.liaison2.code)"))
            // Many posts have the same name: within what they are tells them apart, nearer for who stands nearer.
            let (cell, lane, point) = (TestStreet.leader1.code, TestStreet.group1.code, TestStreet.liaison2.code)
            let place = "单位\(cell)·单位\(lane)·单位\(point) liaison"
            #expect(page.contains("单位\(TestStreet.community1.code)·\(place)"))
            let near = try await Browser.signedIn("community1", api).get("/orders/\(order)").text
            #expect(near.contains(">\(place)"))
            let file = try await browser.get("/orders/\(order)?table=assignments&format=csv").text
            let above = "单位\(TestStreet.community1.code)·单位\(cell)·单位\(lane)"
            #expect(file.contains(",liaison,\(above),单位\(point),"))
            let waiting = try await browser.get("/orders/\(order)?table=holding-up&format=csv").text
            #expect(waiting.contains("\(above),单位\(point) liaison"))
            let branch = try await browser.get("/orders/\(order)?in=\(group)").text
            #expect(
                branch.contains("/m/items/\(id)?back=/orders/\(order)\"")
                    && !branch.contains("<details id=\"n-\(leader)\"")
            )
        }
    }

    @Test("A community sees its own part of an order, its cells at the top")
    func community() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let page = try await Browser.signedIn("community1", api).get("/orders/\(order)").text
            let (own, other) = (TestStreet.leader1, TestStreet.leader3)
            #expect(page.contains("单位\(own.code)") && !page.contains("单位\(other.code)"))
            #expect(page.contains("<b>14</b> 总数") && !page.contains("id=\"recall\""))
        }
    }

    @Test("A tree that is too large for a page shows its cells, each of which leads on")
    func largeTree() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let root = try #require(AssignmentID(order))
            let person = try await api.store.read { try #require(try $0.person(named: "street")) }
            let organization = try await api.store.read {
                try #require(try api.server.services.organizations.organization(in: $0)).organization
            }
            let access = Access(person, in: organization)
            let all = try await api.store.read { try $0.assignments(under: root) }
            let tree = OrderTree(all, root: root, in: organization, at: api.clock.wall.now)
            let office = try #require(tree.top.first)
            let time = OfficeTime(now: api.clock.wall.now, zone: .china, texts: .of(.zh))
            let cut = NodeView(office, access, time, depth: 1, opens: 1)
            #expect(cut.children.count == 2 && cut.children.allSatisfy { !$0.isBranch && $0.children.isEmpty })
            let leader = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            let slip = "/orders/\(order)/slip?of=\(leader)"
            #expect(
                cut.children[0].links.map(\.nodeLink) == [
                    "/orders/\(order)?in=\(leader)", "/m/items/\(leader)?back=/orders/\(order)", slip,
                ]
            )
            #expect(cut.children[0].links[0].nodeLinkText == "展开 6 项")
        }
    }

    @Test("Whoever issued an order recalls it with a reason, once, and everybody below learns of it")
    func recall() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let browser = try await Browser.signedIn("street", api)
            let page = try await browser.get("/orders/\(order)").text
            let form = try #require(Browser.forms(page).first { $0.action == "/orders/\(order)/recall" })
            #expect(try await browser.submit(form, ["note": " "]).status == 422)
            #expect(try await browser.submit(form, ["note": "改期", "csrf": "x"]).status == 403)
            let fresh = try await browser.get("/orders/\(order)").text
            let again = try #require(Browser.forms(fresh).first { $0.action == "/orders/\(order)/recall" })
            for _ in 1...2 {
                let answer = try await browser.submit(again, ["note": "改期"])
                #expect(answer.status == 303 && answer.headers[.location] == "/orders/\(order)?did=recall")
            }
            #expect(try await browser.get("/orders/\(order)?did=recall").text.contains("已撤回，正在通知"))
            try await api.deliverMail()
            let after = try await browser.get("/orders/\(order)").text
            #expect(after.contains("<b>29</b> 已撤回") && !after.contains("id=\"recall\""))
        }
    }

    @Test("Whoever issued an order urges those it waits for, and nobody else does")
    func urge() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let browser = try await Browser.signedIn("street", api)
            let page = try await browser.get("/orders/\(order)").text
            let form = try #require(Browser.forms(page).first { $0.action == "/orders/\(order)/urge" })
            for _ in 1...2 {
                let answer = try await browser.submit(form)
                #expect(
                    answer.status == 303 && answer.headers[.location] == "/orders/\(order)?did=urge",
                    "\(answer.text)"
                )
            }
            #expect(try await browser.get("/orders/\(order)?did=urge").text.contains("已催办，正在通知"))
            try await api.deliverMail()
            let id = try await api.assignment(of: order, heldBy: TestStreet.leader1)
            let lines = try await api.get("/v1/assignments/\(id)/history", as: "leader1").json["lines"].array
            #expect(lines.count { $0["event"].string == "urged" } == 1)
            #expect(try await !Browser.signedIn("leader1", api).get("/orders/\(order)").text.contains("/urge\""))
        }
    }

    @Test("A community urges its own cells of a street's order, and nobody else's")
    func urgeSupervised() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let browser = try await Browser.signedIn("community1", api)
            let page = try await browser.get("/orders/\(order)").text
            // Its node says how many have not acknowledged.
            #expect(page.contains("待签收 14"))
            let form = try #require(Browser.forms(page).first { $0.action == "/orders/\(order)/urge" })
            #expect(form.fields["actor"] == "\(TestStreet.community1)")
            for _ in 1...2 {
                let answer = try await browser.submit(form)
                #expect(answer.status == 303, "\(answer.text)")
            }
            try await api.deliverMail()
            for (name, post) in TestStreet.people where post.role != "office" {
                let id = try await api.assignment(of: order, heldBy: post)
                let lines = try await api.get("/v1/assignments/\(id)/history", as: name).json["lines"].array
                let isOwn = TestStreet.community1.code.contains(post.code)
                #expect(lines.count { $0["event"].string == "urged" } == (isOwn ? 1 : 0), "\(name)")
            }
        }
    }

    @Test("What is late or not acknowledged is listed over all orders, what is longest overdue first")
    func late() async throws {
        try await TestAPI.run { api in
            let first = try await api.issueOrder(["dueAt": "P5D"])
            let second = try await api.issueOrder(["title": "消防通道", "dueAt": "P3D"])
            let browser = try await Browser.signedIn("community1", api)
            #expect(try await browser.get("/late").text.contains("没有这样的任务。"))
            let open = try await browser.get("/late?kind=unacknowledged&table=late&format=csv").text
            #expect(open.split(separator: "\r\n").count == 29)
            api.clock.advance(milliseconds: 6 * 86_400_000)
            let page = try await browser.get("/late").text
            let places = [second, first].compactMap { page.range(of: "/orders/\($0)\"")?.lowerBound }
            #expect(places.count == 2 && places == places.sorted() && page.contains("消防通道"))
            #expect(!page.contains("单位\(TestStreet.leader3.code)"))
            #expect(try await browser.get("/").text.contains("href=\"/late\""))
        }
    }

    @Test("The console is in English for who prefers it, and the link that changes that keeps the filter")
    func languages() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            var browser = try await Browser.signedIn("street", api)
            browser.language = "en"
            for uri in ["/", "/orders/\(order)", "/orders/x"] {
                #expect(try await browser.get(uri).text.contains("<html lang=\"en\">"), "\(uri)")
            }
            let page = try await browser.get("/?q=a%20b&late=1").text
            #expect(page.contains("href=\"?q=a%20b&amp;late=1&amp;lang=zh\""))
            let switched = try await browser.get("/?q=a%20b&late=1&lang=zh")
            #expect(switched.headers[.location] == "/?q=a%20b&late=1")
            #expect(try await browser.get("//orders/x?lang=zh").headers[.location] == "/orders/x")
        }
    }
}
