//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird
import Testing

@testable import GridAPI

/// `schemas/openapi.yaml` and the code, checked with a validator that is not ours.
@Suite struct OpenAPITests {
    @Test("Every route is described and the reverse, and what is answered fits the description")
    func document() async throws {
        try await TestAPI.run { api in
            let exchanges = Exchanges(api)
            try await exchanges.exerciseEverything()
            for route in Self.routes(of: api) { exchanges.note(route: route) }
            let (status, output) = try await exchanges.check()
            #expect(status == 0, "\(output)")
        }
    }

    /// The routes of the API, pages for people and HEAD aside, as OpenAPI writes them.
    static func routes(of api: TestAPI) -> [String] {
        APIRouter.build(api.server.services).routes.filter { $0.method != .head }
            .map { "\($0.method) \(template("\($0.path)"))" }
            .filter { $0.contains(" /v1/") || $0.contains(" /health/") || $0.hasSuffix(" /metrics") }
    }

    /// A router's path as OpenAPI writes it.
    static func template(_ path: String) -> String {
        "/"
            + path.split(separator: "/").map { $0.first == ":" ? "{\($0.dropFirst())}" : String($0) }
            .joined(separator: "/")
    }
}

/// Requests and what was answered to them.
private final class Exchanges {
    private let api: TestAPI
    private var lines: [String] = []

    init(_ api: TestAPI) {
        self.api = api
    }

    private struct Exchange: Encodable {
        let method: String
        let path: String
        let status: Int
        let headers: [String: String]
        let body: String
    }

    func note(route: String) {
        lines.append(#"{"route": "\#(route)"}"#)
    }

    @discardableResult
    func send(
        _ method: HTTPRequest.Method,
        _ path: String,
        as person: String?,
        _ body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        let answer = try await api.send(method, path, as: person, body: body, headers: headers)
        let exchange = Exchange(
            method: method.rawValue,
            path: path,
            status: answer.status,
            headers: Dictionary(answer.headers.map { ($0.name.canonicalName, $0.value) }) { "\($0), \($1)" },
            body: answer.text
        )
        try note(exchange)
        return answer
    }

    private func note(_ exchange: Exchange) throws {
        lines.append(String(decoding: try JSONEncoder().encode(exchange), as: UTF8.self))
    }

    /// Follows a stream until its first event, over a socket, since it has no end.
    private func follow(_ path: String, of served: Served, _ person: String, _ act: () async throws -> Void)
        async throws
    {
        let connection = try RawConnection(to: served.port)
        let token = try #require(api.tokens[person])
        connection.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n")
        let beginning = await connection.receive(until: "retry: 3000\n\n")
        try await act()
        let rest = await connection.receive(until: "}\n\n")
        let parts = (beginning + rest).components(separatedBy: "\r\n\r\n")
        let head = parts[0].components(separatedBy: "\r\n")
        let headers = head.dropFirst().map { line -> (String, String) in
            let name = line.prefix { $0 != ":" }
            return (name.lowercased(), line.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces))
        }
        try note(
            Exchange(
                method: "GET",
                path: path,
                status: Int(head[0].split(separator: " ")[1]) ?? 0,
                headers: Dictionary(headers) { $1 },
                body: parts.dropFirst().joined()
            )
        )
    }

    /// Every operation, with success and with the errors that are easy to have.
    func exerciseEverything() async throws {
        try await api.setPassword(CredentialTests.password, of: "leader2")
        let credentials = #"{"name": "leader2", "password": "\#(CredentialTests.password)"}"#
        let session = try await send(.post, "/v1/session", as: nil, credentials)
        try await send(.post, "/v1/session", as: nil, #"{"name": "leader2", "password": "wrong"}"#)
        try await send(.get, "/v1/session", as: "leader1")
        try await send(.get, "/v1/session", as: nil)
        let invitation = try await api.invite("liaison1")
        for _ in 1...2 {
            try await send(.post, "/v1/session/invitation", as: nil, #"{"invitation": "\#(invitation.text)"}"#)
        }
        let cookie = try #require(session.headers[.setCookie]?.split(separator: ";").first)
        let token = try #require(session.json["csrfToken"].string)
        try await send(.delete, "/v1/session", as: nil, headers: [.cookie: String(cookie)])
        try await send(.delete, "/v1/session", as: nil, headers: [.cookie: String(cookie), .csrfToken: token])
        try await send(.get, "/v1/organization", as: "street")
        try await send(.get, "/v1/organization?limit=3", as: "leader1")
        try await exerciseOrders()
        try await exerciseAssignments()
        try await exerciseStandIns()
        for person in ["street", "leader1", nil] { try await send(.get, "/metrics", as: person) }
        for path in HealthRoutes.paths { try await send(.get, path, as: nil) }
        try await send(.get, "/v1/nothing", as: "street")
        try await send(.put, "/v1/orders", as: "street", "{}")
        try await send(.delete, "/v1/posts/\(TestStreet.leader1)/events", as: "street")
        try await exerciseStreams()
    }

    private func exerciseStreams() async throws {
        let order = try await api.issueOrder()
        let id = try await api.assignment(of: order, heldBy: TestStreet.liaison1)
        try await Served.run(api) { served in
            let paths = ["/v1/posts/\(TestStreet.liaison1)/events", "/v1/orders/\(order)/events"]
            for (path, verb) in zip(paths, ["acknowledge", "complete"]) {
                try await self.follow(path, of: served, "liaison1") {
                    try await self.send(.post, "/v1/assignments/\(id)/\(verb)", as: "liaison1")
                }
            }
        }
    }

    /// A command that is refused in each way there is.
    private func exerciseRefusals(_ id: String) async throws {
        let uri = "/v1/assignments/\(id)/acknowledge"
        let large = #"{"note": "\#(String(repeating: "x", count: Body.largest))"}"#
        for (path, person, body) in [
            (uri + "?x=y", "leader1", "{}"), (uri, nil, "{}"), (uri + "?as=\(TestStreet.leader1)", "leader2", "{}"),
            (uri, "leader3", "{}"), (uri, "leader1", "{}"), (uri, "leader1", large), (uri, "leader1", "x"),
        ] as [(String, String?, String)] {
            try await send(.post, path, as: person, body)
        }
        try await send(.post, uri, as: "leader1", "{}", headers: [.contentType: "text/plain"])
        try await send(.post, uri, as: "leader1", "{}", headers: [.ifMatch: "\"0\""])
        // More than one address may ask at once: as if the node had been asked so often.
        var configuration = api.configuration
        configuration.rate = .init(perSecond: 0.001, burst: 0.25)
        try await TestAPI.run(configuration) { busy in
            let others = Exchanges(busy)
            for _ in 1...2 { try await others.send(.post, uri, as: nil, "{}") }
            return others.lines
        }
        .forEach { lines.append($0) }
    }

    private func exerciseOrders() async throws {
        try await send(.post, "/v1/orders/dry-run", as: "street", try TestStreet.order())
        try await send(.post, "/v1/orders/dry-run", as: "street", "{}")
        let issued = try await send(.post, "/v1/orders", as: "street", try TestStreet.order())
        try await send(.post, "/v1/orders", as: "street", "x")
        let order = try #require(issued.json["id"].string)
        try await api.deliverMail()
        try await send(.get, "/v1/orders?limit=1&state=accepted&module=publicSafety", as: "street")
        try await send(.get, "/v1/orders/\(order)", as: "leader1")
        try await send(.get, "/v1/orders/\(order)/assignments?limit=3", as: "street")
        try await send(.post, "/v1/orders/\(order)/recall", as: "leader1", #"{"note": "x"}"#)
        try await send(.post, "/v1/orders/\(order)/recall", as: "street", #"{"note": "x"}"#)
    }

    private func exerciseAssignments() async throws {
        let order = try await api.issueOrder(["cascade": ["to": "cell-leader", "mode": "automatic"]])
        let first = try await api.assignment(of: order, heldBy: TestStreet.leader1)
        let second = try await api.assignment(of: order, heldBy: TestStreet.leader2)
        let third = try await api.assignment(of: order, heldBy: TestStreet.leader3)
        func act(_ id: String, _ verb: String, _ person: String, _ body: String? = nil) async throws {
            let answer = try await send(.post, "/v1/assignments/\(id)/\(verb)", as: person, body)
            #expect(answer.status == 200, "\(verb): \(answer.text)")
            try await api.deliverMail()
        }
        let note = #"{"note": "说明"}"#
        try await act(first, "acknowledge", "leader1")
        try await exerciseRefusals(first)
        try await act(first, "progress", "leader1", note)
        try await act(first, "escalate", "leader1", note)
        try await send(.get, "/v1/escalations?settled=true", as: "community1")
        try await act(first, "answer", "community1", #"{"answer": "carryOn"}"#)
        try await act(first, "urge", "street", note)
        try await exerciseAttachments(first)
        try await act(first, "complete", "leader1")
        try await send(.get, "/v1/assignments/\(first)", as: "leader1")
        try await send(.get, "/v1/assignments/\(order)/legs", as: "street")
        try await send(.get, "/v1/assignments/\(first)/history?limit=2", as: "leader1")
        try await send(.get, "/v1/posts/\(TestStreet.leader1)/inbox?final=true", as: "leader1")
        try await act(first, "rework", "street", note)
        try await act(first, "complete", "leader1")
        try await act(first, "sign-off", "street")
        try await act(second, "return", "leader2", note)
        try await act(second, "reassign", "street", #"{"post": "\#(TestStreet.leader3)"}"#)
        try await act(third, "recall", "street", note)
        try await send(.post, "/v1/assignments/\(third)/complete", as: "leader3")
        try await send(.get, "/v1/statistics?level=cell&area=999999001001", as: "street")
    }

    private func exerciseAttachments(_ id: String) async throws {
        let uri = "/v1/assignments/\(id)/attachments"
        let headers: HTTPFields = [.contentType: "application/pdf"]
        for text in ["%PDF-1.7", "%PDF-1.7", "MZ"] {
            try await send(.post, uri + "?kind=before", as: "leader1", text, headers: headers)
        }
        try await api.attach("as if it were a photo", to: id, as: TestStreet.leader1)
        let list = try await send(.get, uri, as: "leader1")
        for attachment in list.json["attachments"].array {
            try await send(.get, "\(uri)/\(try #require(attachment["file"].string))", as: "leader1")
        }
        try await send(.get, "\(uri)/\(String(repeating: "0", count: 64))", as: "leader1")
    }

    private func exerciseStandIns() async throws {
        let grant = #"{"post": "\#(TestStreet.leader1)", "person": "leader2", "until": "2099-01-01T00:00:00Z"}"#
        try await send(.post, "/v1/stand-ins", as: "leader1", grant)
        let until = api.clock.wall.now.adding(milliseconds: 3_600_000)
        let soon = #"{"post": "\#(TestStreet.leader1)", "person": "leader2", "until": "\#(until)"}"#
        let granted = try await send(.post, "/v1/stand-ins", as: "leader1", soon)
        try await send(.get, "/v1/stand-ins", as: "community1")
        let number = try #require(granted.json["number"].number)
        try await send(.delete, "/v1/stand-ins/\(Int(number))", as: "leader2")
        try await send(.delete, "/v1/stand-ins/\(Int(number))", as: "leader2")
    }

    /// Gives all of it to the checker.
    func check() async throws -> (status: Int32, output: String) {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../deploy/checks/openapi.py").standardized.path
        let input = lines.joined(separator: "\n") + "\n"
        return try await program("/usr/bin/python3", [script, "--complete"], input: input)
    }
}
