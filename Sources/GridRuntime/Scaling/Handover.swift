//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// When a process may subscribe to a mailbox that is its own by its plan: not before nobody else has anything of it.
///
/// Whoever follows a version of the desired state first gives up what is not its own by that version, and then says so in the
/// state file. Both this process and the others reckon from what stands in the file at a version; so once all others have
/// released it, none of them is subscribed to what this one's plan gives it, and none will be before this one has released a
/// later version. That supposes that they count this one in: its own entry has to say that it serves.
struct Handover: Sendable {
    /// The version that the plan is made from, which has to be the newest in the file.
    let version: Int
    /// Whether the process's own entry says, at that version, that it serves.
    let isKnown: Bool
    /// All other processes that are alive, whether they serve, are drained or wait.
    let others: [SubscriptionPlan.Peer]

    /// Whether the process may subscribe to a mailbox.
    func mayTake(_ mailbox: Mailbox) -> Bool {
        let concerned = others.filter { $0.mailboxes.contains(mailbox) }
        return concerned.isEmpty || isKnown && concerned.allSatisfy { $0.released >= version }
    }
}
