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

    @Test("Of an order that concerns several, each sees her own part only", arguments: AccessTests.people)
    func parts(viewer: String) async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let page = try await Browser.signedIn(viewer, api).get("/orders/\(order)")
            #expect(page.status == 200)
            for (owner, post) in TestStreet.people where post.role != "office" {
                let id = try await api.assignment(of: order, heldBy: post)
                let isSeen = page.text.contains("/m/items/\(id)?back=")
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
        "Nobody is led away to what is no page of this node",
        arguments: [
            "//evil.example/", "/\\evil.example", "https://evil.example/", "evil", "", "/v1/orders", "/m/sign-in",
            "/m/sign-out", "/m2", "/ ",
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
