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

    /// The others that live, whether they take messages or not. Who is drained, or is not subscribed for want of a connection,
    /// leaves its mailboxes to the others, and has to be waited for all the same until it has given them up.
    func peers(among processes: [WorkerProcess]) -> [SubscriptionPlan.Peer] {
        let now = clock.now
        return processes.filter { $0.name != name && $0.isAlive(at: now) }.compactMap { process in
            process.mailboxes(logger).map { selection in
                SubscriptionPlan.Peer(
                    name: process.name,
                    mailboxes: Set(selection.mailboxes(in: organization)),
                    isServing: process.isServing && !process.isDraining,
                    released: process.released
                )
            }
        }
    }

    /// Whether a node runs, which wakes mailboxes that have no worker by their policy.
    func hasKeeper(among processes: [WorkerProcess]) -> Bool {
        let (now, node) = (clock.now, NodeConfiguration.Duties.node.rawValue)
        return processes.contains { $0.duties == node && $0.isAlive(at: now) }
    }
}
