//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridStore
import Logging

/// Keeps the subscriptions of a process as operators want them, while it runs.
struct SubscriptionKeeper: Sendable {
    /// The desired state, and this process's part of it.
    struct Situation: Sendable {
        var version: Int
        var plan: SubscriptionPlan
    }

    let store: StateFile
    /// The process's name.
    let name: String
    let organization: Organization
    /// The mailboxes that it is there for and that take messages.
    let mailboxes: [Mailbox]
    /// Raised when the desired state has changed.
    let scaleVersion: Threshold
    let gauge: WorkerGauge
    /// Keeps acknowledgements back while subscriptions are changed.
    let gate: AcknowledgementGate
    let metrics: NodeMetrics
    /// The machine's clock, by which processes tell that they are alive.
    var clock = WallClock.system
    let logger: Logger
    /// Finds those of some mailboxes that give no answer.
    let silent: @Sendable ([Mailbox]) async throws -> [Mailbox]
    /// Acknowledges what was kept back.
    let acknowledge: @Sendable ([ReadAhead.Item]) async throws -> Void

    /// How many subscriptions are changed at a time: those of the others go on meanwhile.
    static let changedAtOnce = 100
    /// How long nothing has to come of mailboxes until nothing more is taken to be on its way.
    static let quiet = Duration.milliseconds(100)
    /// How long that is waited for: operators are promised that processes follow within a second.
    static let quietLimit = Duration.milliseconds(500)

    /// Reads what operators want now.
    func situation() async throws -> Situation {
        let (version, rules, processes) = try await store.read { store in
            (try store.scaleVersion(), try store.scaleRules(), try store.workerProcesses())
        }
        if processes.contains(where: { $0.name == name && $0.isDraining }) {
            return Situation(version: version, plan: SubscriptionPlan())
        }
        let fellows = Fellows(name: name, organization: organization, clock: clock, logger: logger)
        let plan = SubscriptionPlan(
            of: mailboxes,
            rules: rules,
            name: name,
            peers: fellows.peers(among: processes),
            hasKeeper: fellows.hasKeeper(among: processes)
        )
        return Situation(version: version, plan: plan)
    }

    /// Brings the subscriptions of a consumer to what operators want whenever that changes, until the task is cancelled.
    ///
    /// What is held of a mailbox that is given up is handled all the same; only no more of it comes.
    func follow(from start: Situation, with consumer: AMQPConsumer) async throws {
        var current = start
        while !Task.isCancelled {
            let known = current.version
            // Also when nothing was said: who does not tell any more that it is alive leaves its share to the others.
            await atMost(WorkerRegistry.interval) { await scaleVersion.wait(above: known) }
            if Task.isCancelled { return }
            let next = try await situation()
            let change = next.plan.change(from: current.plan)
            if !change.isEmpty { try await carryOut(change, with: consumer) }
            noteFollowed(next)
            current = next
        }
    }

    /// Notes that the subscriptions are as a situation wants them.
    func noteFollowed(_ situation: Situation) {
        gauge.follow(situation.plan, version: situation.version)
        metrics.count(
            served: situation.plan.shares.count,
            left: mailboxes.count - situation.plan.shares.count
        )
    }

    private func carryOut(_ change: SubscriptionPlan.Change, with consumer: AMQPConsumer) async throws {
        let joining = Set(change.join.keys)
        // A mailbox that takes no messages would block the channel, and with it all others, for a minute.
        let newcomers = mailboxes.filter { joining.contains($0.name) && !change.leave.contains($0.name) }
        if !newcomers.isEmpty, let silent = try await silent(newcomers).first {
            throw AMQPError(.consumerCancelled, "The mailbox \(silent.name), which is to be served, gives no answer.")
        }
        let resized = joining.intersection(change.leave)
        gauge.beginChange(of: change.leave)
        gate.close(for: resized)
        if !resized.isEmpty { await awaitQuiet(in: resized) }
        let names = joining.union(change.leave).sorted()
        for start in stride(from: 0, to: names.count, by: Self.changedAtOnce) {
            let some = Set(names[start..<min(names.count, start + Self.changedAtOnce)])
            try await consumer.unsubscribe(from: change.leave.intersection(some))
            try await consumer.subscribe(Self.subscriptions(change.join.filter { some.contains($0.key) }))
            try await acknowledge(gate.open(for: some))
        }
        logger.info("The workers of mailboxes changed", metadata: [LogKey.count: "\(names.count)"])
    }

    /// Waits until nothing is on its way from mailboxes whose acknowledgements are kept back: as much is held as may be, or
    /// nothing has come for a while.
    private func awaitQuiet(in mailboxes: Set<String>) async {
        await atMost(Self.quietLimit) {
            while !Task.isCancelled, !gauge.isFull(mailboxes) {
                let start = ContinuousClock.now
                await gauge.arrivals.wait(atMost: Self.quiet)
                if .now - start >= Self.quiet { return }
            }
        }
    }

    /// The subscriptions to mailboxes.
    ///
    /// - Parameter windows: How many messages may be outstanding of each. One subscription has them for all its workers: the
    ///   broker deals a queue's messages out to its consumers in turn, so that several would receive those of an assignment
    ///   out of order.
    static func subscriptions(_ windows: [String: Int]) -> [AMQPSubscription] {
        windows.sorted { $0.key < $1.key }.map { name, window in
            AMQPSubscription(queue: name, prefetch: UInt16(clamping: window))
        }
    }
}
