//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// What was decided last by policies, by the names of the mailboxes.
    package func autoscaleDecisions() throws -> [String: AutoscaleDecision] {
        let rows = try connection.all("SELECT mailbox, workers, reason, at FROM autoscale", []) { row in
            (
                try row.text(0),
                AutoscaleDecision(
                    workers: Int(try row.integer(1)),
                    reason: try row.text(2),
                    at: try row.instant(3)
                )
            )
        }
        return Dictionary(rows, uniquingKeysWith: { $1 })
    }

    /// The deadlines ahead of what posts have still to do: the next one, and how many pass by a certain time.
    ///
    /// What is handed in, or over, waits for nobody here; what is late already is so however many workers there are.
    ///
    /// - Parameters:
    ///   - posts: The posts that hold the assignments.
    ///   - limit: How many open assignments are looked at, at most.
    /// - Returns: nil when no deadline is ahead.
    package func deadlines(
        of posts: [PostAddress],
        after now: Instant,
        by time: Instant,
        limit: Int = 10_000
    ) throws -> (next: Instant, count: Int)? {
        try connection.first(
            """
            SELECT min(dueAt), sum(dueAt < ?2) FROM (
                SELECT dueAt FROM assignment INDEXED BY assignmentOpenByPost
                WHERE post IN (SELECT value FROM json_each(?1)) AND isOpen = 1 AND state <> 'submitted'
                LIMIT ?4
            ) WHERE dueAt >= ?3
            """,
            [JSONText(posts).text, time.milliseconds, now.milliseconds, limit]
        ) { row in
            try row.instantIfAny(0).map { (next: $0, count: Int(try row.integer(1))) }
        } ?? nil
    }
}
