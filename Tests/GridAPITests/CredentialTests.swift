//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// Signing in, sessions, bearer tokens.
@Suite struct CredentialTests {
    static let password = "correct horse battery"

    struct SignedIn {
        let cookie: String
        let csrf: String
    }

    static func signIn(_ api: TestAPI, _ name: String, _ password: String) async throws -> Answer {
        let body = String(decoding: try JSONEncoder().encode(["name": name, "password": password]), as: UTF8.self)
        return try await api.send(.post, "/v1/session", as: nil, body: body)
    }

    static func signedIn(_ api: TestAPI, _ name: String = "leader1") async throws -> SignedIn {
        let answer = try await signIn(api, name, password)
        try #require(answer.status == 200, "\(answer.text)")
        let cookie = try #require(answer.headers[.setCookie]?.split(separator: ";").first)
        return SignedIn(cookie: String(cookie), csrf: try #require(answer.json["csrfToken"].string))
    }

    static func send(
        _ api: TestAPI,
        _ method: HTTPRequest.Method,
        _ uri: String,
        _ session: SignedIn,
        csrf: String?,
        body: String? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [.cookie: session.cookie]
        if let csrf { headers[.csrfToken] = csrf }
        return try await api.send(method, uri, as: nil, body: body, headers: headers)
    }

    @Test("Name and password begin a session whose cookie no script reads and no other site sends along")
    func cookie() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(Self.password, of: "leader1")
            let answer = try await Self.signIn(api, "Leader1", Self.password)
            #expect(answer.status == 200)
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.hasPrefix("gridwork="))
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"))
            #expect(!cookie.contains("Secure") && !cookie.contains("Domain"))
            #expect(answer.json["posts"][0]["post"].string == "\(TestStreet.leader1)")
        }
    }

    @Test("Where people come by TLS, the cookie is for TLS and this host only, and browsers are told to stay")
    func secureCookie() async throws {
        let configuration = APIConfiguration(isSecure: true, passwordCost: TestAPI.cheap)
        try await TestAPI.run(configuration) { api in
            try await api.setPassword(Self.password, of: "leader1")
            let answer = try await Self.signIn(api, "leader1", Self.password)
            let cookie = try #require(answer.headers[.setCookie])
            #expect(cookie.hasPrefix("__Host-gridwork=") && cookie.contains("Secure"))
            #expect(answer.headers[.strictTransportSecurity] != nil)
        }
    }

    @Test("A session reads with the cookie alone, and changes things only with its CSRF token")
    func crossSite() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(Self.password, of: "liaison1")
            let order = try await api.issueOrder()
            let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
            let session = try await Self.signedIn(api, "liaison1")
            #expect(try await Self.send(api, .get, "/v1/assignments/\(id)", session, csrf: nil).status == 200)
            let uri = "/v1/assignments/\(id)/acknowledge"
            for csrf in [nil, "", "wrong", session.csrf + "x"] {
                #expect(try await Self.send(api, .post, uri, session, csrf: csrf).status == 403)
            }
            let other = try await Self.signedIn(api, "liaison1")
            #expect(other.csrf != session.csrf)
            #expect(try await Self.send(api, .post, uri, session, csrf: other.csrf).status == 403)
            #expect(try await Self.send(api, .post, uri, session, csrf: session.csrf).status == 200)
        }
    }

    @Test("Signing out ends the session, and only that one")
    func signOut() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(Self.password, of: "leader1")
            let (first, second) = (try await Self.signedIn(api), try await Self.signedIn(api))
            #expect(try await Self.send(api, .delete, "/v1/session", first, csrf: first.csrf).status == 204)
            #expect(try await Self.send(api, .get, "/v1/session", first, csrf: nil).status == 401)
            #expect(try await Self.send(api, .get, "/v1/session", second, csrf: nil).status == 200)
        }
    }

    @Test("A session ends with its time, with a new password and with its person")
    func sessionEnds() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(Self.password, of: "leader1")
            func status(_ session: SignedIn) async throws -> Int {
                try await Self.send(api, .get, "/v1/session", session, csrf: nil).status
            }
            let old = try await Self.signedIn(api)
            api.clock.advance(milliseconds: SignInDesk.sessionLifetime)
            #expect(try await status(old) == 401)
            let before = try await Self.signedIn(api)
            try await api.setPassword(Self.password, of: "leader1")
            #expect(try await status(before) == 401)
            let last = try await Self.signedIn(api)
            try await api.store.write { store in
                try store.setDisabled(true, of: try #require(try store.person(named: "leader1")).n)
            }
            #expect(try await status(last) == 401)
            #expect(try await api.get("/v1/session", as: "leader1").status == 401)
            #expect(try await Self.signIn(api, "leader1", Self.password).status == 401)
        }
    }

    @Test("A person has so many sessions and no more; the oldest ends")
    func sessionsAreBounded() async throws {
        try await TestAPI.run(APIConfiguration(rate: .init(perSecond: 1e6, burst: 1e6), passwordCost: TestAPI.cheap)) {
            api in
            try await api.setPassword(Self.password, of: "leader1")
            let first = try await Self.signedIn(api)
            for _ in 0..<SignInDesk.sessionsPerPerson {
                api.clock.advance(milliseconds: 1)
                _ = try await Self.signedIn(api)
            }
            #expect(try await Self.send(api, .get, "/v1/session", first, csrf: nil).status == 401)
        }
    }

    @Test("A wrong password, an unknown name and a person without password get the same answer")
    func refusals() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(Self.password, of: "leader1")
            var answers: Set<String> = []
            for name in ["leader1", "nobody", "leader2"] {
                let answer = try await Self.signIn(api, name, "wrong")
                #expect(answer.status == 401)
                #expect(answer.headers[.setCookie] == nil)
                answers.insert(answer.text)
            }
            #expect(answers.count == 1)
        }
    }

    @Test(
        "After some attempts in vain a name is locked, longer each time, whether it exists or not",
        arguments: ["leader1", "nobody"]
    )
    func lockOut(name: String) async throws {
        try await TestAPI.run { api in
            try await api.setPassword(Self.password, of: "leader1")
            for _ in 1...SignInDesk.attempts {
                #expect(try await Self.signIn(api, name, "wrong").status == 401)
            }
            let locked = try await Self.signIn(api, name, Self.password)
            #expect(locked.status == 429)
            #expect(locked.headers[.retryAfter] == "60")
            api.clock.advance(milliseconds: SignInDesk.firstLock)
            #expect(try await Self.signIn(api, name, "wrong").status == 401)
            #expect(try await Self.signIn(api, name, "wrong").headers[.retryAfter] == "120")
            api.clock.advance(milliseconds: 2 * SignInDesk.firstLock)
            let last = try await Self.signIn(api, name, Self.password)
            #expect(last.status == (name == "leader1" ? 200 : 401))
        }
    }

    @Test("Attempts in vain on ever new names are remembered for so many names only")
    func failuresAreBounded() async throws {
        try await TestAPI.run { api in
            try await api.store.write { store in
                for number in 0..<30 {
                    try store.saveSignInFailures(
                        SignInFailures(count: 1, lastAt: Instant(milliseconds: Int64(number)), lockedUntil: nil),
                        of: Array("\(number)".utf8),
                        limit: 10
                    )
                }
                #expect(try store.signInFailures(of: Array("19".utf8)) == nil)
                #expect(try store.signInFailures(of: Array("20".utf8)) != nil)
            }
        }
    }

    @Test("An address that keeps trying to sign in is told to wait")
    func signInRate() async throws {
        try await TestAPI.run(APIConfiguration(rate: .init(perSecond: 0.001, burst: 10), passwordCost: TestAPI.cheap)) {
            api in
            var statuses: [Int] = []
            for number in 0..<3 { statuses.append(try await Self.signIn(api, "nobody\(number)", "x").status) }
            #expect(statuses == [401, 401, 429])
        }
    }

    @Test("A token holds until it is revoked or its time is over, and no other text does")
    func tokens() async throws {
        try await TestAPI.run { api in
            let secret = Secret()
            let n = try await api.store.write { store in
                try store.addToken(
                    hash: secret.hash,
                    label: "",
                    of: try #require(try store.person(named: "leader1")).n,
                    expiresAt: api.clock.wall.now.adding(milliseconds: 1_000),
                    at: api.clock.wall.now
                )
            }
            func status(_ authorization: String) async throws -> Int {
                try await api.send(.get, "/v1/session", as: nil, headers: [.authorization: authorization]).status
            }
            let text = BearerToken.text(secret)
            #expect(try await status("Bearer \(text)") == 200)
            #expect(try await status("bearer \(text)") == 200)
            for wrong in [
                "Bearer \(secret.text)", "Basic \(text)", "Bearer \(text)x", "Bearer ", text,
                "Bearer \(BearerToken.text(Secret()))",
            ] {
                #expect(try await status(wrong) == 401)
            }
            api.clock.advance(milliseconds: 1_000)
            #expect(try await status("Bearer \(text)") == 401)
            #expect(try await api.store.write { try $0.revokeToken(n, at: api.clock.wall.now) })
            #expect(try await api.store.write { try $0.revokeToken(n, at: api.clock.wall.now) } == false)
            let own = try #require(try await api.store.read { try $0.tokens(of: "leader2") }.first)
            #expect(try await api.get("/v1/session", as: "leader2").status == 200)
            _ = try await api.store.write { try $0.revokeToken(own.n, at: api.clock.wall.now) }
            #expect(try await api.get("/v1/session", as: "leader2").status == 401)
        }
    }

    @Test("Neither tokens, sessions nor passwords are in the file")
    func nothingIsKept() async throws {
        try await TestAPI.run { api in
            try await api.setPassword(Self.password, of: "leader1")
            let session = try await Self.signedIn(api)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: api.path))
            bytes += try Data(contentsOf: URL(fileURLWithPath: api.path + "-wal"))
            let token = try #require(api.tokens["leader1"]?.dropFirst("gridwork_".count))
            for secret in [Self.password, String(session.cookie.dropFirst("gridwork=".count)), String(token)] {
                #expect(bytes.range(of: Data(secret.utf8)) == nil)
            }
        }
    }
}
