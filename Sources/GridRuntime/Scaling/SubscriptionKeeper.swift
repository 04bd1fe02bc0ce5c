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
    /// The machine's clock, by which processes tell that they are alive.
    var clock = WallClock.system
    let logger: Logger

    /// Reads what operators want now.
    func situation() async throws -> Situation {
        let (version, rules, processes) = try await store.read { store in
            (try store.scaleVersion(), try store.scaleRules(), try store.workerProcesses())
        }
        if processes.contains(where: { $0.name == name && $0.isDraining }) {
            return Situation(version: version, plan: SubscriptionPlan())
        }
        let now = clock.now
        let peers = try processes.filter { $0.name != name && !$0.isDraining && $0.isAlive(at: now) }.map { process in
            SubscriptionPlan.Peer(
                name: process.name,
                mailboxes: Set(try process.mailboxes.mailboxes(in: organization))
            )
        }
        let plan = SubscriptionPlan(of: mailboxes, rules: rules, name: name, peers: peers)
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
            if !change.isEmpty {
                try await consumer.unsubscribe(from: change.leave)
                try await consumer.subscribe(Self.subscriptions(change.join))
                logger.info(
                    "The workers of mailboxes changed",
                    metadata: [LogKey.count: "\(change.leave.union(change.join.keys).count)"]
                )
            }
            gauge.follow(next.plan, version: next.version)
            current = next
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
