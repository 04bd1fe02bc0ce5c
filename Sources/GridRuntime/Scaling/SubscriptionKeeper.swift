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
    struct Situation: Sendable, Hashable {
        var version: Int
        /// What it may be subscribed to.
        var plan: SubscriptionPlan
        /// What is its own, too, and others have not released yet.
        var awaited: Set<String> = []
    }

    let store: StateFile
    /// The process's name.
    let name: String
    let organization: Organization
    /// Its version. By another one other processes may have other mailboxes, so nothing is followed once there is one.
    let organizationVersion: Int
    /// The mailboxes that it is there for and that take messages.
    let mailboxes: [Mailbox]
    /// How many mailboxes it is there for, those counted that take none.
    let breadth: Int
    /// Raised when the desired state has changed.
    let scaleVersion: Threshold
    let gauge: WorkerGauge
    /// Keeps acknowledgements back while subscriptions are changed.
    let gate: AcknowledgementGate
    /// How many deliveries have been read, and counted by the gauge.
    let read: Threshold
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

    /// How often it is looked whether others have released what is awaited.
    static let awaitingInterval = Duration.milliseconds(50)

    /// Writes that others have to wait for this process from now on, and reads what it may subscribe to; the gauge has to know
    /// by then that it begins.
    ///
    /// - Returns: nil when there is another organization, or the task was cancelled.
    func begin() async throws -> Situation? {
        while !Task.isCancelled {
            // Who is not in the file is not seen by others that begin at the same moment. The registry writes it any moment.
            if try await store.write({ [name] in try $0.beginProcess(name) }) { return try await situation() }
            await atMost(Self.awaitingInterval) { await scaleVersion.wait(above: scaleVersion.value) }
        }
        return nil
    }

    /// Reads what operators want now.
    ///
    /// - Parameter subscribed: What the process is subscribed to already.
    /// - Returns: nil when there is another organization.
    func situation(subscribed: Set<String> = []) async throws -> Situation? {
        let (organizationVersion, version, rules, processes) = try await store.read { store in
            (
                try store.organizationVersion(), try store.scaleVersion(), try store.scaleRules(),
                try store.workerProcesses()
            )
        }
        guard organizationVersion == self.organizationVersion else { return nil }
        let own = processes.first { $0.name == name }
        if own?.isDraining == true { return Situation(version: version, plan: SubscriptionPlan()) }
        let fellows = Fellows(name: name, organization: organization, clock: clock, logger: logger)
        let peers = fellows.peers(among: processes)
        var plan = SubscriptionPlan(
            of: mailboxes,
            rules: rules,
            name: name,
            breadth: breadth,
            peers: peers,
            hasKeeper: fellows.hasKeeper(among: processes)
        )
        let handover = Handover(version: version, isKnown: own?.isServing ?? false, others: peers)
        let awaited = mailboxes.filter { mailbox in
            plan.shares[mailbox.name] != nil && !subscribed.contains(mailbox.name) && !handover.mayTake(mailbox)
        }
        let names = Set(awaited.map(\.name))
        plan.leaveOut(names)
        return Situation(version: version, plan: plan, awaited: names)
    }

    /// Brings the subscriptions of a consumer to what operators want whenever that changes, until the task is cancelled or
    /// there is another organization.
    ///
    /// What is held of a mailbox that is given up is handled all the same; only no more of it comes.
    func follow(from start: Situation, with consumer: AMQPConsumer) async throws {
        var current = start
        while !Task.isCancelled {
            let known = current.version
            // Also when nothing was said: who does not live any more leaves its mailboxes to the others.
            let limit = current.awaited.isEmpty ? WorkerRegistry.interval : Self.awaitingInterval
            await atMost(limit) { await scaleVersion.wait(above: known) }
            if Task.isCancelled { return }
            guard let next = try await situation(subscribed: Set(current.plan.shares.keys)) else { return }
            if next == current { continue }
            let change = next.plan.change(from: current.plan)
            if !change.isEmpty { try await carryOut(change, with: consumer) }
            noteFollowed(next)
            current = next
        }
    }

    /// Notes that the subscriptions are as a situation wants them.
    func noteFollowed(_ situation: Situation) {
        gauge.follow(situation.plan, version: situation.version, isAwaiting: !situation.awaited.isEmpty)
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
        gauge.beginChange(of: change.leave)
        // Also of what another process takes over: what goes back to the queue may come behind what that one receives.
        await gate.close(for: change.leave)
        if !change.leave.isEmpty { await awaitQuiet(in: change.leave) }
        let names = joining.union(change.leave).sorted()
        for start in stride(from: 0, to: names.count, by: Self.changedAtOnce) {
            let some = Set(names[start..<min(names.count, start + Self.changedAtOnce)])
            try await consumer.unsubscribe(from: change.leave.intersection(some))
            try await consumer.subscribe(Self.subscriptions(change.join.filter { some.contains($0.key) }))
            try await acknowledge(gate.open(for: some))
        }
        // What has arrived may not have been read yet; only the gauge knows what is still held of what was given up.
        if !change.leave.isEmpty { await read.wait(above: consumer.arrivedCount - 1) }
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
