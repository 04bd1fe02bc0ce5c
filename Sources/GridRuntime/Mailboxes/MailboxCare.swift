//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import CoreMetrics
import GridModel
import Logging

/// Looks after the mailboxes that a process serves while it serves them: those that gave no answer at the start, those that
/// lost their consumer without a word, and those that another node has claimed.
struct MailboxCare: Sendable {
    /// How long a mailbox has to answer before the others are served without it.
    static let firstLimit = Duration.seconds(3)
    /// How long it then has before it counts as dead; a broker that comes up with thousands of queues is slow.
    static let secondLimit = Duration.seconds(10)
    /// How long mailboxes that gave no answer and cannot be mended here rest before they are tried again.
    static let silentInterval = Duration.seconds(5)
    /// How long an echo may take before an operator should know.
    static let slowEcho = Duration.seconds(1)
    /// How many mailboxes are deleted at once.
    static let renewedAtOnce = 50

    /// How to reach the broker for what is published to see whether it arrives.
    let prober: AMQPConfiguration
    let mailboxes: [Mailbox]
    let silent: [Mailbox]
    /// Whether a mailbox that gives no answer may be deleted and declared anew.
    let mayRenew: Bool
    let claim: HostClaim
    /// Tells what this process is subscribed to: a mailbox may be paused, or left to other processes.
    let gauge: WorkerGauge
    let timing: CareTiming
    let pulse: Pulse
    let metrics: NodeMetrics
    let logger: Logger

    /// Watches until the mailboxes have to be subscribed to anew.
    ///
    /// - Throws: A retriable ``AMQPError`` when they have to be, ``HostedElsewhere`` when another node has taken one over,
    ///   `CancellationError` when cancelled.
    func run(over connection: AMQPConnection) async throws {
        metrics.mailboxesSilent.set(silent.count)
        defer { metrics.mailboxesSilent.set(0) }
        if !silent.isEmpty { try await treat(over: connection) }
        var nextRound = ContinuousClock.now + timing.interval
        while true {
            try await Task.sleep(for: silent.isEmpty ? timing.interval : Self.silentInterval)
            if !silent.isEmpty, try await stillSilent().count < silent.count {
                throw AMQPError(.consumerCancelled, "Mailboxes that gave no answer do so again.")
            }
            guard .now >= nextRound else { continue }
            nextRound = .now + timing.interval
            try await claim.claim(mailboxes, over: connection)
            try await lookIntoMailboxes(over: connection)
            await countDeadLetters(over: connection)
            try await sendEcho(over: connection)
            beat()
        }
    }

    /// Beats, unless messages lie here and nothing becomes of them: a message to oneself comes back all the same then.
    private func beat() {
        let stalled = gauge.stalled()
        guard stalled >= timing.handlingLimit else { return pulse.beat() }
        logger.error(
            "Messages are held and none is handled; the process hangs and has to be started again",
            metadata: [LogKey.seconds: "\(stalled)"]
        )
    }

    private func sendEcho(over connection: AMQPConnection) async throws {
        guard let duration = try await Echo(sender: prober, logger: logger).roundTrip(over: connection) else {
            logger.warning("The broker takes no messages, for want of memory or disk; they are kept")
            return
        }
        metrics.echo(over: .mailboxes).set(duration / .seconds(1))
        let level: Logger.Level = duration > Self.slowEcho ? .warning : .debug
        logger.log(level: level, "A message came back to this process", metadata: [LogKey.seconds: "\(duration)"])
    }

    private func stillSilent() async throws -> [Mailbox] {
        try await AMQPConnection.withConnection(prober, logger: logger) { probing in
            try await MailboxProbe.silentAlone(among: silent, over: probing, within: Self.secondLimit)
        }
    }

    /// Makes the silent mailboxes anew where that is allowed, or says what an operator can do.
    private func treat(over connection: AMQPConnection) async throws {
        let dead = try await stillSilent()
        if mayRenew {
            try await renew(dead, over: connection)
        } else if !dead.isEmpty {
            logger.error(
                "Mailboxes give no answer; see whether all nodes of the cluster run, or delete the queues",
                metadata: [LogKey.count: "\(dead.count)", LogKey.queue: "\(dead[0].name)"]
            )
        }
        guard mayRenew || dead.count < silent.count else { return }
        throw AMQPError(.consumerCancelled, "Mailboxes that gave no answer are to be declared and served again.")
    }

    /// Deletes mailboxes, for the next bring-up to declare them. The broker takes some seconds to find that nobody answers
    /// for such a queue, and its channel waits: so they go on a channel each, some at a time.
    private func renew(_ dead: [Mailbox], over connection: AMQPConnection) async throws {
        for start in stride(from: 0, to: dead.count, by: Self.renewedAtOnce) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for mailbox in dead[start..<min(dead.count, start + Self.renewedAtOnce)] {
                    logger.warning(
                        "A mailbox gives no answer; it is made anew",
                        metadata: [LogKey.queue: "\(mailbox.name)"]
                    )
                    group.addTask { try await connection.withChannel { _ = try await $0.deleteQueue(mailbox.name) } }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Sees to it that every mailbox that this process is subscribed to has its consumer, and counts what waits in all of
    /// them.
    ///
    /// The broker tells how many consumers a mailbox has, not whose they are; but no other process is subscribed to what this
    /// one holds.
    private func lookIntoMailboxes(over connection: AMQPConnection) async throws {
        let left = Set(silent.map(\.name))
        let asked = mailboxes.filter { !left.contains($0.name) }
        let subscriptions = asked.map { gauge.subscription(to: $0.name) }
        let statuses = try await connection.withChannel { try await $0.statuses(ofQueues: asked.map(\.name)) }
        var waiting: [String: Int] = [:]
        for ((mailbox, subscription), status) in zip(zip(asked, subscriptions), statuses) {
            waiting[mailbox.role, default: 0] += status.messageCount
            // It may have been given up meanwhile, or subscribed to anew.
            guard status.consumerCount == 0, let subscription, gauge.subscription(to: mailbox.name) == subscription
            else { continue }
            logger.warning("A mailbox lost its consumer", metadata: [LogKey.queue: "\(mailbox.name)"])
            throw AMQPError(.consumerCancelled, "The mailbox \(mailbox.name) lost its consumer.")
        }
        for (role, count) in waiting { metrics.mailboxMessages(of: role).set(count) }
    }

    /// Counts what lies in the queues of last resort. Not being able to is no reason to serve no mailboxes.
    private func countDeadLetters(over connection: AMQPConnection) async {
        do {
            for queue in [ExchangeName.dead, ExchangeName.unrouted] {
                let count = try await connection.status(of: queue)?.messageCount
                metrics.deadLetters(in: queue).set(count ?? 0)
            }
        } catch {
            logger.warning("The dead letters could not be counted", error: error)
        }
    }
}
