//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
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
    /// How long what waits in the file is held back, after connecting, for the mailboxes to be served. The broker writes
    /// declarations, subscriptions and messages to one disk, so thousands of messages first would keep a node deaf.
    static let mailboxesFirst = Duration.seconds(3)
    /// How often the file is searched for rows that a dead process left, also when nothing signals.
    static let searchInterval = Duration.seconds(15)
    /// How long confirmed rows wait for another transaction to delete them before the relay does it itself.
    static let settleDelay = Duration.milliseconds(50)

    private let store: StateFile
    private let outbox: Outbox
    private let link: BrokerLink
    private let organizations: OrganizationCache
    private let readiness: Readiness
    private let losses: BrokerLosses
    private let metrics: NodeMetrics
    private let tracer: Tracer?
    private let refusals = RefusalPatience()
    private let clock: WallClock
    private let logger: Logger

    /// Creates a relay.
    ///
    /// - Parameters:
    ///   - readiness: Tells when this process serves its mailboxes.
    ///   - losses: What was noted there is written when a connection has been made.
    ///   - tracer: Keeps the spans of what is sent; nil where nobody traces.
    package init(
        store: StateFile,
        outbox: Outbox,
        link: BrokerLink,
        organizations: OrganizationCache,
        readiness: Readiness,
        losses: BrokerLosses,
        metrics: NodeMetrics,
        tracer: Tracer?,
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.outbox = outbox
        self.link = link
        self.organizations = organizations
        self.readiness = readiness
        self.losses = losses
        self.metrics = metrics
        self.tracer = tracer
        self.clock = clock
        self.logger = logger
    }

    /// Relays until the task is cancelled or, on a graceful stop, until what is in hand has been sent.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            // Rows that were sent and could not be deleted stay confirmed, or are sent again and absorbed.
            try await StoreTrouble.riddenOut(
                until: stopping,
                saying: "The outbox could not be written; trying again",
                to: logger
            ) {
                try await link.run { connection in
                    try await losses.write()
                    try await connection.withChannel { channel in
                        try await relay(over: channel, of: connection, until: stopping)
                    }
                }
            }
        } onGracefulShutdown: {
            stopping.set()
            outbox.signal.notify()
        }
    }

    private func relay(
        over channel: AMQPChannel,
        of connection: AMQPConnection,
        until stopping: StopFlag
    ) async throws {
        // An earlier connection of this process may have left some of its own, confirmed ones too.
        try await settle()
        try await letMailboxesGoFirst(until: stopping)
        try await takeOver(leasesOf: store.read { try $0.leaseOwners() }.filter { $0 == outbox.owner })
        outbox.open()
        defer { outbox.close() }
        do {
            try await pump(channel, of: connection, until: stopping)
        } catch let error as AMQPError where error.code == .connectionBlocked {
            try await settle()
            logger.warning("The broker takes no messages, for want of memory or disk; they are kept")
            // On this connection: a new one would not learn of it before it published.
            _ = try await stopping.race { try await connection.waitUntilUnblocked() }
            if !stopping.isSet { throw error }
        } catch {
            try await settle()
            throw error
        }
        try await settle()
        try await giveLeasesBack()
    }

    private func letMailboxesGoFirst(until stopping: StopFlag) async throws {
        _ = try await stopping.race { await atMost(Self.mailboxesFirst) { await readiness.waitUntilServed() } }
    }

    /// Publishes until told to stop, and beside it deletes what no transaction takes along and has the file searched now
    /// and then.
    private func pump(
        _ channel: AMQPChannel,
        of connection: AMQPConnection,
        until stopping: StopFlag
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await publishAll(over: channel, of: connection, until: stopping) }
            group.addTask { try await settleWhatIsLeft() }
            group.addTask {
                while true {
                    do { try await Task.sleep(for: Self.searchInterval) } catch { return }
                    outbox.somethingChanged()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Publishes several batches at a time, each waiting for its own confirms.
    private func publishAll(
        over channel: AMQPChannel,
        of connection: AMQPConnection,
        until stopping: StopFlag
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { publishes in
            var running = 0
            var targets = TargetMailboxes(store: store, organizations: organizations, losses: losses, logger: logger)
            while !Task.isCancelled {
                let rows = try await nextRows()
                if rows.isEmpty {
                    if running > 0 {
                        try await publishes.next()
                        running -= 1
                        continue
                    }
                    if stopping.isSet { return }
                    await outbox.signal.wait()
                    continue
                }
                try await targets.declare(for: rows, over: connection)
                publishes.addTask { try await publish(rows, over: channel) }
                running += 1
                if running == Self.pipelineDepth {
                    try await publishes.next()
                    running -= 1
                }
            }
        }
    }

    /// Deletes confirmed rows that no other transaction takes along for a while.
    private func settleWhatIsLeft() async throws {
        while !Task.isCancelled {
            await outbox.confirmation.wait()
            repeat {
                let timesTaken = outbox.timesTaken
                do { try await Task.sleep(for: Self.settleDelay) } catch { return }
                if outbox.timesTaken == timesTaken { try await settle() }
            } while outbox.hasConfirmed
        }
    }

    private func nextRows() async throws -> [OutboxRow] {
        let ready = outbox.takeReady(Self.batchSize)
        guard ready.isEmpty, outbox.takeUnclaimedMark() else { return ready }
        try await takeOver(
            leasesOf: store.read { try $0.leaseOwners() }
                .filter { $0 != outbox.owner && !ProcessIdentity.isAlive($0) }
        )
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
        CrashPoint.reach(.publishing)
        let start = ContinuousClock.now
        let traced = tracer?.now
        let outcomes = await channel.publish(rows.map(\.message.outgoing), timeout: Self.publishLimit)
        metrics.count(outcomes, took: .now - start)
        if let tracer, let traced { tracer.sent(rows, outcomes, since: traced) }
        var confirmed: [Int64] = []
        var refused: [OutboxRow] = []
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
                refused.append(row)
            case .failed(let error) where error.code == .invalidArgument:
                // It can never be sent, so it must not stop the rest: it stays in the file for `gridwork doctor`.
                logger.error("A message cannot be sent", metadata: [LogKey.reason: "\(error)"])
            case .failed(let error):
                failure = error
            }
        }
        if !confirmed.isEmpty { CrashPoint.reach(.confirmed) }
        outbox.putConfirmed(confirmed)
        if let failure { throw failure }
        guard let first = refused.first else { return }
        guard refusals.note() else {
            return logger.error(
                "The broker keeps refusing messages; they are tried again twice a minute. See the queue's policy and limits",
                metadata: [LogKey.count: "\(refused.count)", LogKey.queue: "\(first.message.routingKey)"]
            )
        }
        logger.warning(
            "The broker refused messages; they are sent again over a new connection",
            metadata: [LogKey.count: "\(refused.count)", LogKey.queue: "\(first.message.routingKey)"]
        )
        // A channel that publishes to a quorum queue for the first time while it has no leader remembers the one that
        // died, and every message to that queue is refused on it from then on (seen with RabbitMQ 3.10.8).
        throw AMQPError(.channelClosed, "The channel on which the broker refused messages is given up.")
    }

    /// Deletes confirmed rows that no other transaction has taken along.
    private func settle() async throws {
        let ids = outbox.takeConfirmed()
        guard !ids.isEmpty else { return }
        do {
            try await store.write { try $0.deleteOutbox(ids) }
            CrashPoint.reach(.deleted)
        } catch {
            outbox.putConfirmed(ids)
            throw error
        }
    }

    /// Gives up the leases of owners that will not send their rows any more.
    private func takeOver(leasesOf owners: [String]) async throws {
        guard !owners.isEmpty else { return }
        try await store.write { store in
            for owner in owners { try store.releaseLeases(owner: owner) }
        }
        logger.info(
            "Took over what an earlier connection or a dead process had not sent",
            metadata: [LogKey.count: "\(owners.count)", LogKey.owner: "\(outbox.owner)"]
        )
    }

    private func giveLeasesBack() async throws {
        try await store.write { try $0.releaseLeases(owner: outbox.owner) }
    }
}
