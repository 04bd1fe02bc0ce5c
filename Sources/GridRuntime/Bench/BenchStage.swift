//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridStore
import Logging
import ServiceLifecycle

/// What a measurement runs on: a state file of its own with a bench organization, and its mailboxes on the broker.
struct BenchStage: Sendable {
    /// The most messages in one transaction or publish while preparing.
    static let batchSize = 500

    let broker: AMQPConfiguration
    let organization: Organization
    let store: StateFile
    let logger: Logger

    /// Prepares a stage in an empty folder, runs `body`, and takes everything away again.
    ///
    /// - Parameter isDeclared: Whether the mailboxes are declared beforehand.
    static func with<Value: Sendable>(
        _ shape: BenchOrganization,
        broker: AMQPConfiguration,
        folder: String?,
        logger: Logger,
        isDeclared: Bool = true,
        _ body: (BenchStage) async throws -> Value
    ) async throws -> Value {
        let files = FileManager.default
        let place = (folder ?? files.temporaryDirectory.path) + "/gridwork-bench-\(UUID().uuidString)"
        defer {
            do { try files.removeItem(atPath: place) } catch {
                logger.warning("The bench's folder was not removed", metadata: [LogKey.reason: "\(error)"])
            }
        }
        let document = Array(try JSONEncoder().encode(shape.document))
        let store = try StateFile.open(at: place + "/state.sqlite")
        _ = try await store.write { try $0.saveOrganization(document, at: WallClock.system.now) }
        let stage = BenchStage(
            broker: broker,
            organization: try OrganizationFile.organization(from: document),
            store: store,
            logger: logger
        )
        let value: Value
        do {
            try await stage.clear()
            if isDeclared { try await stage.declare() }
            value = try await body(stage)
        } catch {
            try await stage.removeQueues()
            throw error
        }
        try await stage.removeQueues()
        try store.close()
        return value
    }

    /// The order that is measured with: from the top down to every liaison.
    static func draft(from office: PostAddress) -> OrderDraft {
        OrderDraft(
            title: "冬季消防和用电用气安全入户检查",
            body: String(repeating: "查", count: 100),
            module: .publicSafety,
            scope: [office.code.digits],
            cascade: Cascade(to: "liaison"),
            dueAt: .after(milliseconds: 86_400_000)
        )
    }

    private var mailboxes: [Mailbox] { MailboxSelection().mailboxes(in: organization) }

    /// Takes away what a measurement that was killed has left: its claims, and what its agents listened at.
    private func clear() async throws {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await HostClaim.release(mailboxes, over: connection)
            try await connection.withChannel { _ = try await $0.deleteQueue(Self.agents) }
        }
    }

    /// Declares the exchanges and all mailboxes, over one connection.
    ///
    /// - Parameter isOverOneChannel: Whether over one channel, one after the other, or over several as a node does.
    func declare(overOneChannel isOverOneChannel: Bool = false) async throws {
        let topology = GridTopology.topology(of: mailboxes)
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            if isOverOneChannel {
                try await connection.withChannel { try await $0.apply(topology) }
            } else {
                try await connection.apply(topology)
            }
        }
    }

    /// The queue of the agents, which gets a copy of every message for as long as it is there: whatever is measured later
    /// would have twice as much to be written.
    private static let agents = AgentPool.queue(of: BenchOrganization.everyone)

    /// Takes away all that a measurement has made: the mailboxes, the claims to them, and the queues of its agents and its
    /// node.
    func removeQueues() async throws {
        let node = try await store.read { try $0.nodeID() }
        let others = [Self.agents, ReconcileService.marker(of: node), FileWire.queue(of: node)]
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                for name in mailboxes.map(\.name) + others { _ = try await channel.deleteQueue(name) }
            }
            try await HostClaim.release(mailboxes, over: connection)
        }
    }

    /// Publishes messages, every one of them confirmed.
    func publish(_ messages: [StoredMessage]) async throws {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                var rest = messages[...]
                while !rest.isEmpty {
                    let batch = rest.prefix(Self.batchSize)
                    rest = rest.dropFirst(batch.count)
                    let outcomes = await channel.publish(
                        batch.map { $0.outgoing(by: broker.username) },
                        timeout: .seconds(60)
                    )
                    for outcome in outcomes {
                        guard case .confirmed = outcome else {
                            throw BenchFailure("a message was not taken: \(outcome)")
                        }
                    }
                }
            }
        }
    }

    /// Runs services for the length of `body`.
    func running<Value: Sendable>(
        _ services: [any Service],
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let group = ServiceGroup(
            configuration: .init(
                services: services.map { .init(service: $0, successTerminationBehavior: .ignore) },
                logger: logger
            )
        )
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let value = try await body()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return value
        }
    }

    /// Waits until `isDone`, asked after every commit, says so.
    ///
    /// - Throws: `BenchFailure` when that takes longer than `limit`.
    func wait(atMost limit: Duration, until isDone: @escaping @Sendable (StoreReader) throws -> Bool) async throws {
        let changes = try store.changes()
        let done = try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                if try await store.read(isDone) { return true }
                for await _ in changes where try await store.read(isDone) { return true }
                return false
            }
            group.addTask {
                try await Task.sleep(for: limit)
                return false
            }
            defer { group.cancelAll() }
            return try await group.next() ?? false
        }
        guard done else { throw BenchFailure("it was not done within \(limit)") }
    }
}

/// A measurement that came to nothing.
package struct BenchFailure: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
