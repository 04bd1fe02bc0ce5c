//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreTransaction {
    /// Notes what policies decided, and forgets what was decided of mailboxes that have no policy any more.
    ///
    /// - Parameters:
    ///   - decisions: What is new, by the names of the mailboxes.
    ///   - mailboxes: All mailboxes that have a policy.
    /// - Returns: The version of the desired state that says so.
    package func decide(_ decisions: [String: AutoscaleDecision], keeping mailboxes: Set<String>) throws -> Int {
        for mailbox in try autoscaleDecisions().keys where !mailboxes.contains(mailbox) {
            try connection.run("DELETE FROM autoscale WHERE mailbox = ?", [mailbox])
        }
        for (mailbox, decision) in decisions {
            try connection.run(
                """
                INSERT INTO autoscale (mailbox, workers, reason, at) VALUES (?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET workers = excluded.workers, reason = excluded.reason, at = excluded.at
                """,
                [mailbox, decision.workers, decision.reason, decision.at.milliseconds]
            )
        }
        return try decisions.isEmpty ? scaleVersion() : raiseScaleVersion()
    }
}
