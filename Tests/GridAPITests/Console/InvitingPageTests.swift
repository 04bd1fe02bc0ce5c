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

@Suite struct InvitingPageTests {
    private static func form(_ browser: Browser, _ uri: String) async throws -> Browser.Form {
        let forms = Browser.forms(try await browser.get(uri).text)
        return try #require(forms.first { $0.action == "/invitations" })
    }

    @Test("A community prints invitations for all posts of a cell or for one, and a post without an account gets one")
    func sheet() async throws {
        try await TestAPI.run { api in
            let browser = try await Browser.signedIn("community1", api)
            #expect(try await browser.get("/").text.contains("href=\"/invitations\""))
            let page = try await browser.get("/invitations").text
            #expect(page.contains("为这 14 个岗位打印邀请") && page.contains("?in=\(TestStreet.leader1.code)\""))
            let cell = try await Self.form(browser, "/invitations?in=\(TestStreet.leader1.code)")
            let sheet = try await browser.submit(cell)
            #expect(sheet.status == 200 && sheet.headers[.cacheControl] == "no-store")
            #expect(sheet.text.components(separatedBy: "<svg ").count == 8)
            #expect(sheet.text.contains("单位\(TestStreet.liaison1.code) liaison"))
            let one = try await browser.submit(cell, ["post": "\(TestStreet.liaison1)"])
            #expect(one.text.components(separatedBy: "<svg ").count == 2)
            #expect(try await browser.submit(cell, ["csrf": "x"]).status == 403)
            let names = try await api.store.read { try $0.people() }.filter { $0.posts.count == 1 }.map(\.name)
            // Five of the cell's seven posts had an account.
            #expect(names.count { $0.hasPrefix("liaison-") || $0.hasPrefix("group-leader-") } == 2, "\(names)")
        }
    }

    @Test("The street chooses a part of its posts, and one invitation signs in whom it names")
    func signsIn() async throws {
        try await TestAPI.run { api in
            let street = try await Browser.signedIn("street", api)
            #expect(try await street.get("/invitations").text.contains("?in=\(TestStreet.community2.code)\""))
            let made = try await Self.invite([TestStreet.liaison1], by: "street", api)
            let secret = try #require(made.first?.secret)
            let answer = try await api.send(.post, "/invitation/\(secret.text)", as: nil)
            let cookie = try #require(answer.headers[.setCookie]?.prefix { $0 != ";" })
            let page = try await Browser(api: api, cookie: String(cookie)).get("/m").text
            #expect(page.contains("<span class=\"person\">持岗人\(TestStreet.liaison1.code)</span>"))
            #expect(try await api.send(.post, "/invitation/\(secret.text)", as: nil).status == 401)
        }
    }

    @Test("Nobody is invited who could do more by it than the office may give")
    func leftOut() async throws {
        try await TestAPI.run { api in
            let posts = [TestStreet.liaison1, TestStreet.liaison2, TestStreet.group1, TestStreet.leader1]
            try await api.store.write { store in
                func n(_ name: String) throws -> Int64 { try #require(try store.person(named: name)).n }
                let now = api.clock.wall.now
                try store.setPosts([TestStreet.liaison1, TestStreet.leader3], of: try n("liaison1"))
                try store.setDisabled(true, of: try n("liaison2"))
                // Her period has not begun yet.
                _ = try store.addStandIn(
                    for: TestStreet.office,
                    person: try n("group1"),
                    from: now.adding(milliseconds: 3_600_000),
                    to: now.adding(milliseconds: 7_200_000),
                    grantedBy: nil,
                    at: now
                )
            }
            #expect(try await Self.invite(posts, by: "community1", api).map(\.post) == [TestStreet.leader1])
            let all = posts + [TestStreet.community1, TestStreet.leader3]
            // The street stands above all of them but itself.
            let byStreet = try await Self.invite(all + [TestStreet.office], by: "street", api).map(\.post)
            // Of the two who hold the one cell each is invited.
            let leaders = [TestStreet.leader1, TestStreet.community1, TestStreet.leader3, TestStreet.leader3]
            #expect(byStreet == [TestStreet.liaison1] + leaders)
            for name in ["leader1", "group1", "liaison1"] {
                #expect(try await Self.invite(all, by: name, api).isEmpty, "\(name)")
            }
        }
    }

    private static func invite(_ posts: [PostAddress], by name: String, _ api: TestAPI) async throws
        -> [InvitationDesk.Made]
    {
        let now = api.clock.wall.now
        return try await api.store.write { store in
            let organization = try #require(try api.server.services.organizations.organization(in: store)).organization
            let access = Access(try #require(try store.person(named: name)), in: organization)
            return try InvitationDesk(access: access, now: now).invite(to: posts, in: store)
        }
    }
}
