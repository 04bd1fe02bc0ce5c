//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridRuntime
import GridStore
import InMemoryLogging
import Logging

/// What a test over the whole chain works on: a vhost and a state file of its own, a street, and a clock.
struct Chain: Sendable {
    /// The broker the vhost is on.
    let server: TestBroker
    /// How to reach the vhost.
    let broker: AMQPConfiguration
    /// The test's own folder.
    let folder: String
    /// The node's state file, open, with the street's organization.
    let store: StateFile
    let street: Street
    let organization: Organization
    let clock: TestClock
    /// What the services wrote into the log.
    let log: InMemoryLogHandler

    var logger: Logger {
        Logger(label: "test") { _ in log }
    }

    /// Runs `body` in a vhost of its own on the tests' broker; a few tests at a time.
    ///
    /// - Parameter file: An organization file in place of the street's own.
    static func with(
        street: Street = .small,
        organization file: [UInt8]? = nil,
        _ body: @escaping @Sendable (Chain) async throws -> Void
    ) async throws {
        guard let server = TestBroker.shared else { preconditionFailure("Cannot test without a broker") }
        try await Permits.chains.withPermit {
            try await server.withVhost { vhost in
                try await with(street: street, organization: file, on: server, vhost: vhost, body)
            }
        }
    }

    /// Runs `body` with a broker of its own, which it may kill and pause.
    static func withOwnBroker(
        street: Street = .small,
        heartbeat: Duration = .seconds(1),
        _ body: @escaping @Sendable (Chain) async throws -> Void
    ) async throws {
        try await Permits.chains.withPermit {
            try await TestBroker.withOwn { server in
                try await with(street: street, on: server, vhost: "/", heartbeat: heartbeat, body)
            }
        }
    }

    /// Runs `body` with a state file of its own and an existing vhost.
    static func with(
        street: Street,
        organization file: [UInt8]? = nil,
        on server: TestBroker,
        vhost: String,
        heartbeat: Duration = .seconds(10),
        _ body: @escaping @Sendable (Chain) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let file = try file ?? street.file()
            let store = try StateFile.open(at: folder + "/state.sqlite")
            var broker = server.configuration
            broker.virtualHost = vhost
            broker.heartbeat = heartbeat
            var log = InMemoryLogHandler()
            log.logLevel = .info
            let chain = Chain(
                server: server,
                broker: broker,
                folder: folder,
                store: store,
                street: street,
                organization: try OrganizationFile.organization(from: file),
                clock: TestClock(),
                log: log
            )
            try await finally {
                _ = try await store.write { try $0.saveOrganization(file, at: chain.clock.now) }
                do {
                    try await within(.seconds(150), "the test is done") { try await body(chain) }
                } catch let error as TimedOut {
                    throw TimedOut(description: "\(error)\n\(try await chain.situation())")
                }
            } then: {
                try store.close()
            }
        }
    }

    /// The same chain over another state file, or with services that write more into the log.
    func with(store: StateFile? = nil, logLevel: Logger.Level? = nil) -> Chain {
        var log = log
        if let logLevel { log.logLevel = logLevel }
        return Chain(
            server: server,
            broker: broker,
            folder: folder,
            store: store ?? self.store,
            street: street,
            organization: organization,
            clock: clock,
            log: log
        )
    }

    /// How things stand, for whoever has to find out why a test waited in vain.
    private func situation() async throws -> String {
        let lines = log.entries.suffix(30).map { entry in
            "\(entry.level) \(entry.message) \(entry.metadata) \(entry.error.map { "\($0)" } ?? "")"
        }
        let state = try await store.read { store in
            let orders = try store.orders(limit: 5, now: clock.now).map { "\($0.order.id) \($0.counts.states)" }
            return orders + ["\(try store.outboxStatus())"]
        }
        return (state + lines).joined(separator: "\n")
    }

    /// What the services found worth an operator's look.
    var complaints: [String] {
        log.entries.filter { $0.level >= .warning }.map { "\($0.message) \($0.metadata)" }
    }

    /// Waits until a service has written a line that begins with `text` into the log.
    func awaitLog(_ text: String, within limit: Duration = .seconds(60)) async throws {
        try await poll("the log says “\(text)”", within: limit) {
            log.entries.contains { "\($0.message)".hasPrefix(text) }
        }
    }

    /// Sets the clock forward, once nothing is on its way that would be late by it, and lets the services notice.
    func advance(milliseconds: Int64) async throws {
        try await store.eventually("the outbox is empty") { try $0.outboxStatus().count == 0 }
        clock.advance(milliseconds: milliseconds)
        // As any commit does: the timekeeper looks at the clock when the file was changed.
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: store.path)
    }
}
