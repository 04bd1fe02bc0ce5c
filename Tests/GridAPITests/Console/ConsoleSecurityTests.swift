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

/// What the console lets nobody do.
@Suite struct ConsoleSecurityTests {
    private static let hostile = #"<script>alert(1)</script>"&'{{t.name}}{name}"#

    @Test(
        "Nobody sees or changes another's orders: they are the same as what does not exist",
        arguments: AccessTests.people
    )
    func access(viewer: String) async throws {
        let rate = APIConfiguration.Rate(perSecond: 1_000, burst: 100_000)
        try await TestAPI.run(APIConfiguration(rate: rate, passwordCost: TestAPI.cheap)) { api in
            let foreign = try await AccessMatrixTests.everybody(but: viewer, in: api)
            let browser = try await Browser.signedIn(viewer, api)
            let list = try await browser.get("/")
            #expect(list.status == 200)
            let csrf = try #require(Browser.forms(list.text).first { $0.action == "/m/sign-out" }?.fields["csrf"])
            let own = try #require(TestStreet.people[viewer])
            let before = try await api.store.read { try $0.newestHistoryLine() }
            for (owner, data) in foreign {
                guard let order = data.order, let id = data.assignment else { continue }
                #expect(!list.text.contains(order), "\(viewer) sees \(owner)'s")
                for uri in ["/orders/\(order)", "/orders/\(order)?in=\(id)"] {
                    #expect(try await browser.get(uri).status == 404, "\(viewer) opens \(uri) of \(owner)")
                }
                for (actor, status) in [(own, 404), (data.post, 403)] {
                    let fields = ["csrf": csrf, "actor": "\(actor)", "note": "x"]
                    for word in ["recall", "urge"] {
                        let form = Browser.Form(action: "/orders/\(order)/\(word)", fields: fields, text: "")
                        #expect(try await browser.submit(form).status == status, "\(viewer), \(word) of \(owner)'s")
                    }
                }
            }
            #expect(try await api.store.read { try $0.newestHistoryLine() } == before)
        }
    }

    @Test("Of an order that concerns several, each sees her own part only", arguments: AccessTests.people)
    func parts(viewer: String) async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let page = try await Browser.signedIn(viewer, api).get("/orders/\(order)")
            #expect(page.status == 200)
            for (owner, post) in TestStreet.people where post.role != "office" {
                let id = try await api.assignment(of: order, heldBy: post)
                let isSeen = page.text.contains("/m/items/\(id)\"")
                #expect(isSeen == (owner == viewer || AccessTests.sees(viewer, owner)), "\(viewer), \(owner)")
            }
        }
    }

    @Test("What people write is text, whatever it looks like")
    func escaping() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["title": Self.hostile, "body": Self.hostile])
            let browser = try await Browser.signedIn("street", api)
            let search = SignInReturn.escaped(Self.hostile)
            for uri in ["/", "/?q=\(search)", "/orders/\(order)"] {
                let page = try await browser.get(uri).text
                #expect(!page.contains("<script>alert"))
                let text = "&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;{{t.name}}{name}"
                #expect(page.contains(text), "\(uri)")
            }
        }
    }

    @Test("Whoever is not signed in is sent to sign in, and goes on where she wanted to go")
    func signIn() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(CredentialTests.password, of: "street")
            for person in [nil, "street"] {
                let answer = try await api.get("/?q=a%20b&late=1", as: person)
                #expect(answer.status == 303)
                #expect(answer.headers[.location] == "/m/sign-in?to=/%3Fq%3Da%2520b%26late%3D1")
            }
            let stranger = Browser(api: api, cookie: "x=y")
            let page = try await stranger.get("/m/sign-in?to=/%3Fq%3Da%2520b%26late%3D1").text
            var form = try #require(Browser.forms(page).first)
            #expect(form.fields["to"] == "/?q=a%20b&amp;late=1")
            form.fields["to"] = "/?q=a%20b&late=1"
            let credentials = ["name": "street", "password": CredentialTests.password]
            let wrong = try await stranger.submit(form, ["name": "street", "password": "wrong"])
            #expect(wrong.status == 401 && wrong.text.contains("value=\"/?q=a%20b&amp;late=1\""))
            #expect(try await stranger.submit(form, credentials).headers[.location] == "/?q=a%20b&late=1")
        }
    }

    @Test(
        "Nobody is led away to what is no page of the console",
        arguments: [
            "//evil.example/", "/\\evil.example", "https://evil.example/", "evil", "", "/v1/orders", "/m", "/ ",
            "/%0a\n",
            "/orders2", "/?" + String(repeating: "a", count: 600), "/orders/x\r\nSet-Cookie: a=b", "/街",
        ]
    )
    func noOpenRedirect(address: String) async throws {
        #expect(SignInReturn.address(address) == nil)
        try await TestAPI.run { api in
            try await api.setPassword(CredentialTests.password, of: "street")
            let stranger = Browser(api: api, cookie: "x=y")
            let fields = ["name": "street", "password": CredentialTests.password, "to": address]
            let form = Browser.Form(action: "/m/sign-in", fields: fields, text: "")
            #expect(try await stranger.submit(form).headers[.location] == "/m")
        }
    }
}
