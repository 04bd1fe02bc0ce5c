//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridPages
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// What pages let nobody do.
@Suite struct PageSecurityTests {
    private static let hostile = #"<script>alert(1)</script>"&'{{t.name}}{name}"#

    @Test("What people write is text on every page, whatever it looks like")
    func escaping() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["title": Self.hostile, "body": Self.hostile])
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let liaison = try await Browser.signedIn("liaison1", api)
            let list = try await liaison.get("/m").text
            let item = try await liaison.act("escalate", on: "/m/items/\(id)", ["note": Self.hostile]).text
            try await api.deliverMail()
            let below = try await Browser.signedIn("group1", api).get("/m/below").text
            let name = Browser.Form(action: "/m/sign-in", fields: ["name": Self.hostile, "password": "x"], text: "")
            let signIn = try await liaison.submit(name).text
            for page in [list, item, below, signIn] {
                #expect(!page.contains("<script>alert"))
                #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&amp;&#39;{{t.name}}{name}"))
            }
        }
    }

    @Test("A form without the session's token, or with another's, does nothing")
    func crossSite() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let browser = try await Browser.signedIn("liaison1", api)
            let form = try #require(
                Browser.forms(try await browser.get("/m").text).first { $0.action.hasSuffix("/acknowledge") }
            )
            let other = try await Browser.signedIn("liaison1", api)
            let foreign = try #require(Browser.forms(try await other.get("/m").text).first?.fields["csrf"])
            for token in ["", "x", foreign] {
                #expect(try await browser.submit(form, ["csrf": token]).status == 403)
            }
            var bare = form
            bare.fields["csrf"] = nil
            #expect(try await browser.submit(bare).status == 403)
            let json = try await api.send(.post, form.action, as: nil, body: "{}", headers: [.cookie: browser.cookie])
            #expect(json.status == 415)
            let signOut = Browser.Form(action: "/m/sign-out", fields: [:], text: "")
            #expect(try await browser.submit(signOut).status == 403)
            let read = try await api.get("/v1/assignments/\(id)", as: "liaison1")
            #expect(read.json["assignment"]["state"].string == "issued")
        }
    }

    @Test("Whoever is not signed in is sent to sign in, with a bearer token too")
    func nobody() async throws {
        try await TestAPI.run { api in
            for person in [nil, "liaison1"] {
                for (uri, to) in [
                    ("/m", ""), ("/m/below", "?to=/m/below"),
                    ("/m/items/310105002-20261123-0001.1", "?to=/m/items/310105002-20261123-0001.1"),
                ] {
                    let answer = try await api.get(uri, as: person)
                    #expect(answer.status == 303 && answer.headers[.location] == "/m/sign-in\(to)")
                }
            }
            let browser = Browser(api: api, cookie: "gridwork=x")
            let form = Browser.Form(action: "/m/items/310105002-20261123-0001.1/complete", fields: [:], text: "")
            #expect(try await browser.submit(form).headers[.location] == "/m/sign-in")
        }
    }

    @Test("Whoever opens a link of a push without being signed in comes to its item by signing in")
    func link() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(CredentialTests.password, of: "liaison1")
            let order = try await api.issueOrder()
            let item = "/m/items/\(try await api.assignment(of: order, heldBy: TestStreet.liaison1))"
            let stranger = Browser(api: api, cookie: "x=y")
            let place = try #require(try await stranger.get(item).headers[.location])
            let form = try #require(Browser.forms(try await stranger.get(place).text).first)
            let given = ["name": "liaison1", "password": CredentialTests.password]
            #expect(try await stranger.submit(form, given).headers[.location] == item)
        }
    }

    @Test("A session that is used goes on, for a year at most; one that is not ends after two weeks")
    func prolonged() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(CredentialTests.password, of: "street")
            let (day, names) = (Int64(86_400_000), ["name": "street", "password": CredentialTests.password])
            let form = Browser.Form(action: "/m/sign-in", fields: names, text: "")
            let cookie = try #require(try await Browser(api: api, cookie: "x=y").submit(form).headers[.setCookie])
            let browser = Browser(api: api, cookie: String(cookie.prefix { $0 != ";" }))
            #expect(try await browser.get("/").headers[.setCookie] == nil)
            var used: Int64 = 0
            while used < 351 {
                api.clock.advance(milliseconds: 13 * day)
                used += 13
                let answer = try await browser.get("/")
                let told = try #require(answer.headers[.setCookie])
                #expect(answer.status == 200 && told.hasPrefix(browser.cookie) && told.contains("HttpOnly"))
                #expect(told.contains("Max-Age=\(min(14, 365 - used) * day / 1_000)"), "\(told)")
            }
            api.clock.advance(milliseconds: 14 * day)
            #expect(try await browser.get("/").status == 303, "a year is over")
            let last = try #require(try await browser.submit(form).headers[.setCookie])
            let idle = Browser(api: api, cookie: String(last.prefix { $0 != ";" }))
            api.clock.advance(milliseconds: 14 * day)
            #expect(try await idle.get("/").status == 303, "nobody used it")
        }
    }

    @Test("Signing out ends a session that was about to be prolonged")
    func signOutLate() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(CredentialTests.password, of: "street")
            let names = ["name": "street", "password": CredentialTests.password]
            let form = Browser.Form(action: "/m/sign-in", fields: names, text: "")
            let cookie = try #require(try await Browser(api: api, cookie: "x=y").submit(form).headers[.setCookie])
            let browser = Browser(api: api, cookie: String(cookie.prefix { $0 != ";" }))
            let out = try #require(Browser.forms(try await browser.get("/m").text).last)
            api.clock.advance(milliseconds: 5 * 86_400_000)
            #expect(try await browser.submit(out).headers[.setCookie]?.contains("Max-Age=0") == true)
            #expect(try await browser.get("/m").status == 303)
        }
    }

    @Test("Name and password sign in and out by forms; a foreign page's form does not")
    func signIn() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(CredentialTests.password, of: "liaison1")
            let page = try await api.get("/m/sign-in", as: nil)
            #expect(page.status == 200 && page.text.contains("登录"))
            let stranger = Browser(api: api, cookie: "x=y")
            var form = try #require(Browser.forms(page.text).first)
            form.fields = ["name": "liaison1", "password": "wrong password"]
            let wrong = try await stranger.submit(form)
            #expect(wrong.status == 401 && wrong.text.contains("用户名或密码不对") && !wrong.text.contains("wrong password"))
            let right = try await stranger.submit(form, ["name": " Liaison1 ", "password": CredentialTests.password])
            #expect(right.status == 303 && right.headers[.location] == "/m")
            let cookie = try #require(right.headers[.setCookie])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
            let browser = Browser(api: api, cookie: String(cookie.prefix { $0 != ";" }))
            let forms = Browser.forms(try await browser.get("/m").text)
            let out = try await browser.submit(try #require(forms.first { $0.action == "/m/sign-out" }))
            #expect(out.status == 303 && out.headers[.setCookie]?.contains("Max-Age=0") ?? false)
            #expect(try await browser.get("/m").status == 303)
            let headers: HTTPFields = [
                .origin: "https://a.example", .contentType: "application/x-www-form-urlencoded",
            ]
            let body = Browser.encoded(["name": "liaison1", "password": CredentialTests.password])
            #expect(try await api.send(.post, "/m/sign-in", as: nil, body: body, headers: headers).status == 403)
            for _ in 1...5 { _ = try await stranger.submit(form) }
            #expect(try await stranger.submit(form).status == 429)
        }
    }

    @Test("Pages are kept by nobody, run no script but ours, and errors are pages")
    func headers() async throws {
        try await TestAPI.run { api in
            let browser = try await Browser.signedIn("liaison1", api)
            for uri in [
                "/m", "/m/below", "/m/sign-in", "/m/nothing", "/m/items/x", "/invitation/x", "/m/static/field-0.js",
                "/",
                "/?q=x", "/orders/x", "/orders/new", "/escalations",
            ] {
                let answer = try await browser.get(uri)
                #expect(answer.headers[.contentType] == "text/html; charset=utf-8", "\(uri)")
                #expect(answer.headers[.cacheControl] == "no-store")
                #expect(answer.headers[.xContentTypeOptions] == "nosniff")
                #expect(answer.headers[HTTPField.Name.known("Referrer-Policy")] == "same-origin")
                let policy = try #require(answer.headers[.contentSecurityPolicy])
                #expect(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"))
                #expect(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"))
                #expect(answer.text.contains("<html lang=\"zh-CN\">"))
            }
            #expect(try await browser.get("/m/nothing").status == 404)
            let missing = Browser.Form(action: "/m/items/x/recall", fields: [:], text: "")
            #expect(try await browser.submit(missing).status == 404)
        }
    }

    @Test("Style and script are kept for good, under addresses that change with them")
    func staticFiles() async throws {
        try await TestAPI.run { api in
            let console = try await Browser.signedIn("street", api).get("/").text
            let page = try await api.get("/m/sign-in", as: nil).text + console
            for address in StaticAddress.all {
                #expect(page.contains("\"\(address.path)\""))
                let file = try await api.get(address.path, as: nil)
                #expect(file.status == 200 && file.headers[.contentType] == address.file.type)
                #expect(file.headers[.cacheControl] == "public, max-age=31536000, immutable")
                #expect(file.text == String(decoding: address.file.bytes, as: UTF8.self))
            }
        }
    }
}
