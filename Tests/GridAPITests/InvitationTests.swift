//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Links by which people sign in without a password.
@Suite struct InvitationTests {
    private static let fetchSite = HTTPField.Name.known("Sec-Fetch-Site")

    @Test("An invitation lets its person in once")
    func once() async throws {
        try await TestAPI.run { api in
            let answer = try await Self.accept(try await api.invite("liaison1"), api)
            #expect(answer.status == 200)
            #expect(answer.json["name"].string == "liaison1")
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
            let session = try await api.send(.get, "/v1/session", as: nil, headers: [.cookie: Self.pair(cookie)])
            #expect(session.json["name"].string == "liaison1")
            let invitation = try await api.invite("liaison1")
            #expect(try await Self.accept(invitation, api).status == 200)
            #expect(try await Self.accept(invitation, api).status == 401)
        }
    }

    @Test("An invitation that is over, void, unknown or a disabled person's lets nobody in")
    func refused() async throws {
        try await TestAPI.run { api in
            #expect(try await Self.accept(Secret(), api).status == 401)
            let first = try await api.invite("liaison1")
            let second = try await api.invite("liaison1")
            #expect(try await Self.accept(first, api).status == 401)
            try await Self.setDisabled(true, "liaison1", api)
            #expect(try await Self.accept(second, api).status == 401)
            try await Self.setDisabled(false, "liaison1", api)
            #expect(try await Self.accept(second, api).status == 401)
            let third = try await api.invite("liaison1")
            try await api.setPassword("a new password", of: "liaison1")
            #expect(try await Self.accept(third, api).status == 401)
            let fourth = try await api.invite("liaison1")
            api.clock.advance(milliseconds: 86_400_000)
            #expect(try await Self.accept(fourth, api).status == 401)
            for body in ["{}", #"{"invitation": 1}"#, #"{"invitation": "x"}"#] {
                let answer = try await api.post("/v1/session/invitation", as: nil, body)
                #expect([401, 422].contains(answer.status), "\(body)")
            }
        }
    }

    @Test("Opening the link signs nobody in; the button on its page does, once")
    func page() async throws {
        try await TestAPI.run { api in
            let invitation = try await api.invite("liaison1")
            let link = Invitation.link(invitation, at: "")
            for _ in 1...2 {
                let page = try await api.get(link, as: nil)
                #expect(page.status == 200)
                #expect(page.headers[.setCookie] == nil)
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") ?? false)
                #expect(page.headers[.contentSecurityPolicy]?.contains("form-action 'self'") ?? false)
                #expect(!page.text.contains(invitation.text))
            }
            let signedIn = try await api.send(.post, link, as: nil, headers: [Self.fetchSite: "same-origin"])
            #expect(signedIn.status == 303 && signedIn.headers[.location] == "/m")
            let cookie = Self.pair(try #require(signedIn.headers[.setCookie]))
            let session = try await api.send(.get, "/v1/session", as: nil, headers: [.cookie: cookie])
            #expect(session.json["name"].string == "liaison1")
            #expect(try await api.send(.post, link, as: nil).status == 401)
        }
    }

    @Test("A foreign page's form signs nobody in", arguments: ["cross-site", "same-site", "none"])
    func foreignForm(site: String) async throws {
        try await TestAPI.run { api in
            let invitation = try await api.invite("liaison1")
            let link = Invitation.link(invitation, at: "")
            #expect(try await api.send(.post, link, as: nil, headers: [Self.fetchSite: site]).status == 403)
            #expect(try await api.send(.post, link, as: nil, headers: [.origin: "https://a.example"]).status == 403)
            #expect(try await Self.accept(invitation, api).status == 200)
        }
    }

    @Test("A link is the node's address, one slash, and the secret")
    func link() {
        let secret = Secret()
        #expect(Invitation.link(secret, at: "https://a.example") == "https://a.example/invitation/" + secret.text)
        #expect(Invitation.link(secret, at: "https://a.example/") == "https://a.example/invitation/" + secret.text)
    }

    private static func accept(_ invitation: Secret, _ api: TestAPI) async throws -> Answer {
        try await api.post("/v1/session/invitation", as: nil, #"{"invitation": "\#(invitation.text)"}"#)
    }

    private static func setDisabled(_ isDisabled: Bool, _ name: String, _ api: TestAPI) async throws {
        try await api.store.write { store in
            try store.setDisabled(isDisabled, of: try #require(try store.person(named: name)).n)
        }
    }

    /// The name and value of a cookie.
    private static func pair(_ cookie: String) -> String {
        String(cookie.prefix { $0 != ";" })
    }
}
