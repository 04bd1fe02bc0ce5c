//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridMetrics
import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOEmbedded
import Testing

@testable import GridAPI

/// An answer of the API.
struct Answer {
    let status: Int
    let headers: HTTPFields
    let text: String
    let bytes: [UInt8]
    let json: JSON
}

/// The API over a state file of its own, with the street's people and a token for each.
struct TestAPI: Sendable {
    let path: String
    let store: StateFile
    let clock: TestClock
    let configuration: APIConfiguration
    let server: APIServer
    let tokens: [String: String]
    let logger: Logger
    private let responder: RouterResponder<APIContext>

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What passwords cost in tests.
    static let cheap = PasswordHasher.Cost(logRounds: 4, blockSize: 1, parallelism: 1)

    /// Runs a test with a new API; all of it is gone afterwards.
    static func run<R: Sendable>(
        _ configuration: APIConfiguration = APIConfiguration(passwordCost: TestAPI.cheap),
        operations: (any OperationsDesk)? = nil,
        health: Health = Health(),
        logger: Logger? = nil,
        _ body: @escaping @Sendable (TestAPI) async throws -> R
    ) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gridapi-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let path = folder + "/state.gridwork"
        let store = try StateFile.open(at: path)
        do {
            let result = try await run(path, store, configuration, operations, health, logger ?? silent, body)
            try store.close()
            return result
        } catch {
            try store.close()
            throw error
        }
    }

    private static func run<R: Sendable>(
        _ path: String,
        _ store: StateFile,
        _ configuration: APIConfiguration,
        _ operations: (any OperationsDesk)?,
        _ health: Health,
        _ logger: Logger,
        _ body: @escaping @Sendable (TestAPI) async throws -> R
    ) async throws -> R {
        let clock = TestClock()
        let file = try TestStreet.file()
        let secrets = TestStreet.people.mapValues { _ in Secret() }
        try await store.write { store in
            _ = try store.saveOrganization(file, at: clock.wall.now)
            for (name, post) in TestStreet.people {
                let n = try #require(try store.addPerson(named: name, posts: [post], at: clock.wall.now))
                let hash = try #require(secrets[name]?.hash)
                _ = try store.addToken(hash: hash, label: "test", of: n, expiresAt: nil, at: clock.wall.now)
            }
        }
        let server = APIServer(
            store: store,
            configuration: configuration,
            operations: operations,
            health: health,
            metrics: MetricsPage(
                registry: MetricsRegistry(RequestMetrics.descriptions),
                version: "test",
                health: health,
                store: store,
                clock: clock.wall,
                logger: logger
            ),
            clock: clock.wall,
            logger: logger
        )
        return try await body(
            TestAPI(
                path: path,
                store: store,
                clock: clock,
                configuration: configuration,
                server: server,
                tokens: secrets.mapValues { BearerToken.text($0) },
                logger: logger,
                responder: server.router().buildResponder()
            )
        )
    }

    // MARK: Requests

    /// Asks as a person, by her token; as nobody with nil.
    func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        as person: String?,
        body: String? = nil,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        try await send(method, uri, as: person, bytes: body.map { Array($0.utf8) }, headers: headers)
    }

    /// The same with a body of any type; it arrives in pieces.
    func send(
        _ method: HTTPRequest.Method,
        _ uri: String,
        as person: String?,
        bytes body: [UInt8]?,
        headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        if let person { headers[.authorization] = "Bearer \(try #require(tokens[person]))" }
        if body != nil, headers[.contentType] == nil { headers[.contentType] = "application/json" }
        if let body, headers[.contentLength] == nil { headers[.contentLength] = "\(body.count)" }
        let request = Request(
            head: .init(method: method, scheme: "http", authority: "localhost", path: uri, headerFields: headers),
            body: .init(asyncSequence: Self.pieces(body ?? []))
        )
        let context = APIContext(source: .init(channel: NIOAsyncTestingChannel(), logger: logger))
        let response = try await responder.respond(to: request, context: context)
        let collector = BodyCollector()
        try await response.body.write(collector)
        let (text, bytes) = (collector.text, collector.bytes)
        return Answer(
            status: response.status.code,
            headers: response.headers,
            text: text,
            bytes: bytes,
            json: (try? JSONDecoder().decode(JSON.self, from: Data(text.utf8))) ?? .null
        )
    }

    /// A body in pieces as the network might bring it.
    private static func pieces(_ bytes: [UInt8]) -> AsyncStream<ByteBuffer> {
        AsyncStream { continuation in
            for start in stride(from: 0, to: bytes.count, by: 30_011) {
                continuation.yield(ByteBuffer(bytes: bytes[start..<min(start + 30_011, bytes.count)]))
            }
            continuation.finish()
        }
    }

    func get(_ uri: String, as person: String?) async throws -> Answer {
        try await send(.get, uri, as: person)
    }

    func post(
        _ uri: String,
        as person: String?,
        _ body: String? = nil,
        key: String? = nil,
        ifMatch: String? = nil
    ) async throws -> Answer {
        var headers = HTTPFields()
        let keyName = try #require(HTTPField.Name("Idempotency-Key"))
        if let key { headers[keyName] = key }
        if let ifMatch { headers[.ifMatch] = ifMatch }
        return try await send(.post, uri, as: person, body: body, headers: headers)
    }

    // MARK: The chain

    /// Issues an order to the whole street and brings its mail to everybody.
    func issueOrder(_ changes: [String: any Sendable] = [:]) async throws -> String {
        // Named, since she may stand in for others.
        let uri = "/v1/orders?as=\(TestStreet.office)"
        let answer = try await post(uri, as: "street", try TestStreet.order(changes))
        #expect(answer.status == 201, "\(answer.text)")
        try await deliverMail()
        return try #require(answer.json["id"].string)
    }

    /// Hands the mail in the outbox over, as the broker would, until there is none.
    func deliverMail() async throws {
        let clock = clock.wall
        let organizations = OrganizationCache()
        var isDone = false
        while !isDone {
            isDone = try await store.write { store in
                let rows = try store.claimOutbox(owner: "test", now: clock.now, leaseMilliseconds: 1_000, limit: 500)
                let organization = try #require(try organizations.organization(in: store)?.organization)
                let handler = MessageHandler(organization: organization, clock: clock, logger: logger)
                for row in rows {
                    let outgoing = try handler.receive(handler.read(row.message, from: "test"), in: store)
                    _ = try store.enqueue(outgoing, lease: nil, at: clock.now)
                }
                try store.deleteOutbox(rows.map(\.id))
                return rows.isEmpty
            }
        }
    }

    /// Fires the timers whose time has come, and brings what they say.
    func fireTimers() async throws {
        let clock = clock.wall
        try await store.write { store in
            let organization = try #require(try OrganizationCache().organization(in: store)?.organization)
            let handler = MessageHandler(organization: organization, clock: clock, logger: logger)
            for firing in try store.dueTimers(now: clock.now, limit: 1_000) {
                _ = try store.enqueue(try handler.fire(firing, in: store), lease: nil, at: clock.now)
            }
        }
        try await deliverMail()
    }

    /// The assignment of an order that a post holds.
    func assignment(of order: String, heldBy post: PostAddress) async throws -> String {
        let root = try #require(AssignmentID(order))
        let all = try await store.read { try $0.assignments(under: root) }
        return try #require(all.first { $0.post == post }).id.text
    }

    /// Invites a person for a day.
    func invite(_ name: String) async throws -> Secret {
        let secret = Secret()
        let now = clock.wall.now
        try await store.write { store in
            let person = try #require(try store.person(named: name))
            try store.saveInvitation(
                hash: secret.hash,
                of: person.n,
                expiresAt: now.adding(milliseconds: 86_400_000),
                at: now
            )
        }
        return secret
    }

    /// Gives a person a password.
    func setPassword(_ password: String, of name: String) async throws {
        let hash = try await PasswordHasher(cost: configuration.passwordCost).hash(password)
        try await store.write { store in
            let person = try #require(try store.person(named: name))
            try store.setPassword(hash, of: person.n)
        }
    }
}
