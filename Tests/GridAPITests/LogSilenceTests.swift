//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import HTTPTypes
import Hummingbird
import InMemoryLogging
import Logging
import Testing

@testable import GridAPI

/// What somebody wrote, asked for or proved herself with is in no line of the log, at no level, and in no figure.
@Suite struct LogSilenceTests {
    /// A text that stands for one kind of what may not be told; it looks the same in a path, a form and JSON.
    private static func said(_ kind: String) -> String { "qz\(kind)zq" }

    /// The first such text in a line.
    private static func told(in line: String) -> Substring? {
        line.firstMatch(of: #/qz[A-Za-z]+zq/#.ignoresCase())?.output
    }

    @Test("Requests of every kind, carried out, refused or failed, leave nothing of theirs in the log and the figures")
    func silence() async throws {
        var log = InMemoryLogHandler()
        log.logLevel = .trace
        let rate = APIConfiguration.Rate(perSecond: 1_000, burst: 100_000)
        let configuration = APIConfiguration(rate: rate, passwordCost: TestAPI.cheap)
        try await TestAPI.run(configuration, logger: Logger(label: "test") { [log] _ in log }) { [log] api in
            var secrets = Array(api.tokens.values) + (try await Self.credentials(api))
            let (order, id) = try await Self.life(of: api)
            let browser = try await Browser.signedIn("street", api)
            secrets.append(browser.cookie)
            let count = try await Self.everywhere(api, browser, ["order": order, "assignment": id])
            try await Served.run(api) { try await Self.overTheWire($0, id) }
            let figures = try await api.get("/metrics", as: "street").text
            #expect(figures.contains("gridwork_http_requests_total") && Self.told(in: figures) == nil, "\(figures)")
            // From here on nothing can be read or written.
            try api.store.close()
            _ = try await Self.everywhere(api, browser, ["order": order, "assignment": id])
            let lines = log.entries.map {
                "\($0.message) \($0.metadata) \($0.error.map { String(reflecting: $0) } ?? "")"
            }
            #expect(lines.count { $0.hasPrefix("Answered a request") } > 2 * count)
            #expect(lines.count { $0.hasPrefix("A request failed") } > count / 4)
            for line in lines {
                #expect(Self.told(in: line) == nil, "\(line)")
                for secret in secrets { #expect(!line.contains(secret), "\(line)") }
            }
        }
    }

    /// Signs in and fails to, by password and by invitation.
    ///
    /// - Returns: What somebody could sign in with.
    private static func credentials(_ api: TestAPI) async throws -> [String] {
        try await api.setPassword(said("password"), of: "leader2")
        for (name, password) in [("leader2", "password"), ("leader2", "wrong"), (said("name"), "password")] {
            let body = #"{"name": "\#(name)", "password": "\#(said(password))"}"#
            _ = try await api.post("/v1/session", as: nil, body)
            let fields = ["name": name, "password": said(password), "to": "/?q=\(said("to"))"]
            let form = Browser.Form(action: "/m/sign-in", fields: fields, text: "")
            _ = try await Browser(api: api, cookie: "x=y").submit(form)
        }
        var secrets: [String] = []
        for _ in 1...2 {
            let invitation = try await api.invite("liaison1").text
            secrets.append(invitation)
            _ = try await api.get("/invitation/\(invitation)", as: nil)
            let body = #"{"invitation": "\#(invitation)"}"#
            let accepted = try await api.post("/v1/session/invitation", as: nil, body)
            #expect(accepted.status == 200)
            let cookie = try #require(accepted.headers[.setCookie]?.prefix { $0 != ";" }.split(separator: "=").last)
            secrets.append(String(cookie))
        }
        _ = try await api.post("/v1/session/invitation", as: nil, #"{"invitation": "\#(said("invitation"))"}"#)
        for credential in ["Bearer gridwork_\(said("token"))", "Basic \(said("basic"))", said("credential")] {
            let headers: HTTPFields = [.authorization: credential]
            #expect(try await api.send(.get, "/v1/session", as: nil, headers: headers).status == 401)
        }
        return secrets
    }

    /// Takes work its whole way, with words at every step.
    ///
    /// - Returns: The order, and an assignment that is still open.
    private static func life(of api: TestAPI) async throws -> (order: String, id: String) {
        let changes: [String: any Sendable] = [
            "title": said("title"), "body": said("body"), "cascade": ["to": "cell-leader", "mode": "automatic"],
        ]
        _ = try await api.post("/v1/orders/dry-run", as: "street", try TestStreet.order(changes))
        _ = try await api.post("/v1/orders", as: "leader1", try TestStreet.order(changes))
        let order = try await api.issueOrder(changes)
        let first = try await api.assignment(of: order, heldBy: TestStreet.leader1)
        let second = try await api.assignment(of: order, heldBy: TestStreet.leader2)
        let third = try await api.assignment(of: order, heldBy: TestStreet.leader3)
        let note = #"{"note": "\#(said("note"))"}"#
        let answer = #"{"answer": "carryOn", "note": "\#(said("answer"))"}"#
        let steps: [(String, String, String, String)] = [
            (first, "acknowledge", "leader1", note), (first, "progress", "leader1", note),
            (first, "escalate", "leader1", note), (first, "answer", "community1", answer),
            (first, "urge", "street", note), (first, "complete", "leader1", note), (first, "rework", "street", note),
            (first, "complete", "leader1", note), (first, "sign-off", "street", note),
            (second, "return", "leader2", note),
            (second, "reassign", "street", #"{"post": "\#(TestStreet.leader2)", "note": "\#(said("note"))"}"#),
            (third, "acknowledge", "leader3", note),
        ]
        for (id, word, person, body) in steps {
            let done = try await api.post("/v1/assignments/\(id)/\(word)", as: person, body, key: said("key"))
            #expect(done.status == 200 || done.status == 422, "\(word): \(done.text)")
            let again = try await api.post("/v1/assignments/\(id)/\(word)", as: person, body)
            #expect(done.status == 200 || again.status == 200, "\(word): \(again.text)")
            try await api.deliverMail()
        }
        let pdf = Array("%PDF-1.7 \(said("content"))".utf8)
        let headers: HTTPFields = [
            .contentType: "application/pdf", .contentDisposition: "attachment; filename=\"\(said("file")).pdf\"",
        ]
        let uri = "/v1/assignments/\(third)/attachments?kind=before"
        #expect(try await api.send(.post, uri, as: "leader3", bytes: pdf, headers: headers).status == 201)
        _ = try await api.send(.post, uri, as: "leader3", bytes: Array(said("content").utf8), headers: headers)
        let grant =
            #"{"post": "\#(TestStreet.leader1)", "person": "\#(said("name"))", "until": "2099-01-01T00:00:00Z"}"#
        #expect(try await api.post("/v1/stand-ins", as: "leader1", grant).status == 422)
        return (order, third)
    }

    /// Asks at every address, by every method it takes, as somebody, by a page's session and as nobody, with words wherever
    /// a request has room for them.
    ///
    /// - Returns: How many requests that were.
    private static func everywhere(_ api: TestAPI, _ browser: Browser, _ known: [String: String]) async throws -> Int {
        let json =
            #"{"note": "\#(said("note"))", "title": ["\#(said("title"))"], "answer": "\#(said("answer"))", "#
            + #""\#(said("member"))": "\#(said("value"))"}"#
        let part = "--x\r\nContent-Disposition: form-data; name=\"after\"; filename=\"\(said("file")).jpg\"\r\n\r\n"
        let multipart = "\(part)\(said("content"))\r\n--x--\r\n"
        let form = Browser.encoded(["note": said("note"), "title": said("title"), said("field"): said("value")])
        let bodies = [
            ("application/json", json), ("application/json", said("broken")),
            ("application/x-www-form-urlencoded", form), ("multipart/form-data; boundary=x", multipart),
            ("text/\(said("type"))", said("body")),
        ]
        let routes = APIRouter.build(api.server.services).routes.map {
            ($0.method, OpenAPITests.template("\($0.path)"))
        }
        var count = 0
        for (method, template) in routes + [(.get, "/\(said("nowhere"))"), (.patch, "/v1/orders")] {
            for isKnown in [true, false] where !(isKnown && template.hasSuffix("/events")) {
                let path = template.split(separator: "/", omittingEmptySubsequences: false).map { part in
                    guard part.first == "{" else { return String(part) }
                    let name = String(part.dropFirst().dropLast())
                    return (isKnown ? known[name] : nil) ?? said(name)
                }
                .joined(separator: "/")
                let query =
                    isKnown ? "" : "?\(said("parameter"))=\(said("value"))&q=\(said("search"))&as=\(said("post"))"
                for (type, body) in method == .post ? bodies : [bodies[0]] {
                    for (person, cookie) in [("street", nil), (nil, browser.cookie), (nil, nil)] as [(String?, String?)]
                    {
                        var headers: HTTPFields = [
                            .userAgent: said("agent"), .referer: "http://localhost/?q=\(said("referer"))",
                            .ifMatch: "\"\(said("tag"))\"", .contentType: type, .acceptLanguage: said("language"),
                        ]
                        headers[try #require(HTTPField.Name("Idempotency-Key"))] = said("key")
                        headers[try #require(HTTPField.Name("Last-Event-ID"))] = said("event")
                        headers[.cookie] = cookie ?? "gridwork=\(said("session"))"
                        let content = method == .get || method == .head ? nil : body
                        _ = try await api.send(method, path + query, as: person, body: content, headers: headers)
                        count += 1
                    }
                }
            }
        }
        return count
    }

    /// Follows events while there are some, and sends what is no request.
    private static func overTheWire(_ served: Served, _ id: String) async throws {
        try await served.follow("/v1/posts/\(TestStreet.leader3)/events", as: "leader3") { events in
            let note = #"{"note": "\#(said("note"))"}"#
            let done = try await served.api.post("/v1/assignments/\(id)/progress", as: "leader3", note)
            #expect(done.status == 200, "\(done.text)")
            #expect(try await events.next()?.name == "progressed")
        }
        let requests = [
            "GET /?q=\(said("search")) HTTP/1.1\r\nHost: \(said("host"))\r\n\r\n",
            "GET /v1/orders/\(said("order")) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(said("token"))\r\n\r\n",
            "\(said("method")) / HTTP/1.1\r\n\r\n", "GET / \(said("protocol"))\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\(said("field")) \(said("value"))\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\nX: \(String(repeating: said("value"), count: 10_000))\r\n\r\n",
            "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 9999\r\n\r\n\(said("password"))",
        ]
        for request in requests {
            let connection = try RawConnection(to: served.port)
            connection.send(request)
            connection.endSending()
            // Refused or answered: it is over when the other side says so.
            _ = await connection.receive()
        }
    }
}
