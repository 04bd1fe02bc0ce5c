//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridStore
package import Logging
import ServiceLifecycle

/// Publishes the outbox and deletes a row once the broker confirmed it.
///
/// Runs on a connection of its own, since the broker holds back connections that publish. While the broker is away,
/// rows stay in the file and are claimed again when it is back.
package struct Relay: Service {
    /// The most rows in one publish.
    static let batchSize = 500
    /// How many publishes may wait for their confirms at once.
    static let pipelineDepth = 4
    /// How long a publish may take; a third of a lease, so that a lease never ends under one.
    static let publishLimit = Duration.seconds(10)
    /// How often the file is searched for rows that a dead process left; also when nothing signals.
    static let searchInterval = Duration.seconds(15)
    /// How long confirmed rows wait for another transaction to delete them before the relay does it itself.
    static let settleDelay = Duration.milliseconds(50)

    private let store: StateFile
    private let outbox: Outbox
    private let supervisor: AMQPSupervisor
    private let clock: WallClock
    private let logger: Logger

    /// Creates a relay.
    package init(store: StateFile, outbox: Outbox, supervisor: AMQPSupervisor, clock: WallClock, logger: Logger) {
        self.store = store
        self.outbox = outbox
        self.supervisor = supervisor
        self.clock = clock
        self.logger = logger
    }

    /// Relays until the task is cancelled or, on a graceful stop, until what is in hand has been sent.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            try await supervisor.run { connection in
                try await connection.withChannel { channel in
                    try await relay(over: channel, until: stopping)
                }
            }
        } onGracefulShutdown: {
            stopping.set()
            outbox.signal.notify()
        }
    }

    private func relay(over channel: AMQPChannel, until stopping: StopFlag) async throws {
        try await takeOverDeadLeases()
        outbox.open()
        defer { outbox.close() }
        do {
            try await pump(channel, until: stopping)
        } catch {
            try await settle()
            throw error
        }
        try await settle()
        try await giveLeasesBack()
    }

    /// Publishes until told to stop: several batches at a time, each waiting for its own confirms.
    private func pump(_ channel: AMQPChannel, until stopping: StopFlag) async throws {
        try await withThrowingTaskGroup(of: Void.self) { publishes in
            var running = 0
            while !Task.isCancelled {
                let rows = try await nextRows()
                if rows.isEmpty {
                    if running > 0 {
                        try await publishes.next()
                        running -= 1
                        continue
                    }
                    if stopping.isSet { return }
                    if outbox.hasConfirmed {
                        await outbox.signal.wait(atMost: Self.settleDelay)
                        try await settle()
                    } else {
                        await outbox.signal.wait(atMost: Self.searchInterval)
                        outbox.setUnclaimedMark()
                    }
                    continue
                }
                publishes.addTask { try await publish(rows, over: channel) }
                running += 1
                if running == Self.pipelineDepth {
                    try await publishes.next()
                    running -= 1
                }
            }
        }
    }

    private func nextRows() async throws -> [OutboxRow] {
        let ready = outbox.takeReady(Self.batchSize)
        guard ready.isEmpty, outbox.takeUnclaimedMark() else { return ready }
        guard try await store.read({ try $0.hasClaimable(at: clock.now, leaseMilliseconds: Outbox.leaseMilliseconds) })
        else { return [] }
        let claimed = try await store.write { store in
            try store.claimOutbox(
                owner: outbox.owner,
                now: clock.now,
                leaseMilliseconds: Outbox.leaseMilliseconds,
                limit: Self.batchSize
            )
        }
        if claimed.count == Self.batchSize { outbox.setUnclaimedMark() }
        return claimed
    }

    private func publish(_ rows: [OutboxRow], over channel: AMQPChannel) async throws {
        let outcomes = await channel.publish(rows.map(\.message.outgoing), timeout: Self.publishLimit)
        var confirmed: [Int64] = []
        var failure: AMQPError?
        for (row, outcome) in zip(rows, outcomes) {
            switch outcome {
            case .confirmed:
                confirmed.append(row.id)
            case .returned(let code, let text):
                // The alternate exchange takes what no queue is bound for, so this is a broken topology. The lease
                // runs out and the row is tried again.
                logger.error(
                    "The broker returned a message; it is tried again",
                    metadata: [LogKey.queue: "\(row.message.routingKey)", LogKey.reason: "\(code) \(text)"]
                )
            case .nacked:
                logger.warning(
                    "The broker refused a message; it is tried again",
                    metadata: [LogKey.queue: "\(row.message.routingKey)"]
                )
            case .failed(let error) where error.code == .invalidArgument:
                // It can never be sent, so it must not stop the rest: it stays in the file for `gridwork doctor`.
                logger.error("A message cannot be sent", metadata: [LogKey.reason: "\(error)"])
            case .failed(let error):
                failure = error
            }
        }
        outbox.putConfirmed(confirmed)
        if let failure { throw failure }
    }

    /// Deletes confirmed rows that no other transaction has taken along.
    private func settle() async throws {
        let ids = outbox.takeConfirmed()
        guard !ids.isEmpty else { return }
        do {
            try await store.write { try $0.deleteOutbox(ids) }
        } catch {
            outbox.putConfirmed(ids)
            throw error
        }
    }

    private func takeOverDeadLeases() async throws {
        let owners = try await store.read { try $0.leaseOwners() }
        let gone = owners.filter { $0 == outbox.owner || !ProcessIdentity.isAlive($0) }
        guard !gone.isEmpty else { return }
        try await store.write { store in
            for owner in gone { try store.releaseLeases(owner: owner) }
        }
        logger.info(
            "Took over what an earlier connection or a dead process had not sent",
            metadata: [LogKey.count: "\(gone.count)", LogKey.owner: "\(outbox.owner)"]
        )
    }

    private func giveLeasesBack() async throws {
        try await store.write { try $0.releaseLeases(owner: outbox.owner) }
    }
}
