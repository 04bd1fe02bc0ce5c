//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Logging

/// The processes that share a state file, as one of them sees the others.
struct Fellows: Sendable {
    /// The name of the process that looks.
    let name: String
    let organization: Organization
    /// The machine's clock, by which processes tell that they are alive.
    let clock: WallClock
    let logger: Logger

    /// The others that take messages. Who is not subscribed at present, for want of a connection, leaves its part to them.
    func peers(among processes: [WorkerProcess]) -> [SubscriptionPlan.Peer] {
        let now = clock.now
        let serving = processes.filter { $0.name != name && !$0.isDraining && $0.isServing && $0.isAlive(at: now) }
        return serving.compactMap { process in
            process.mailboxes(logger).map { selection in
                SubscriptionPlan.Peer(name: process.name, mailboxes: Set(selection.mailboxes(in: organization)))
            }
        }
    }

    /// Whether a node runs, which wakes mailboxes that have no worker by their policy.
    func hasKeeper(among processes: [WorkerProcess]) -> Bool {
        let (now, node) = (clock.now, NodeConfiguration.Duties.node.rawValue)
        return processes.contains { $0.duties == node && $0.isAlive(at: now) }
    }

    /// How many of the others should be subscribed to each mailbox now.
    ///
    /// - Parameter own: The mailboxes of the process that looks, which has its share in them.
    func subscribers(in store: StateFile, beside own: [Mailbox]) async throws -> [String: Int] {
        let (rules, processes) = try await store.read { (try $0.scaleRules(), try $0.workerProcesses()) }
        let all = peers(among: processes) + [SubscriptionPlan.Peer(name: name, mailboxes: Set(own))]
        let hasKeeper = hasKeeper(among: processes)
        return SubscriptionPlan.subscribers(of: all, rules: rules, hasKeeper: hasKeeper) { $0 != name }
    }
}
