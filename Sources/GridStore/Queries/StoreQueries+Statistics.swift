//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// Where the assignments issued in a span of time stand, post by post.
    ///
    /// - Parameters:
    ///   - posts: Only those that these posts hold; nil for all.
    ///   - span: When they were issued, its end not included.
    ///   - now: The time now, for what is overdue.
    package func statistics(of posts: [PostAddress]?, issuedIn span: Range<Instant>, now: Instant) throws
        -> [PostStatistics]
    {
        var byPost: [PostAddress: PostStatistics] = [:]
        // The condition of overdue is `Assignment.isOverdue(at:)`. What has no deadline is in time.
        let rows = try connection.all(
            """
            SELECT post, state, count(*),
                sum(dueAt IS NOT NULL AND dueAt < ?1 AND state IN ('issued', 'accepted', 'escalated')),
                sum(state = 'completed' AND (dueAt IS NULL OR completedAt <= dueAt))
            FROM assignment
            WHERE issuedAt >= ?2 AND issuedAt < ?3 AND NOT isTombstone
                AND (?4 IS NULL OR post IN (SELECT value FROM json_each(?4)))
            GROUP BY post, state
            """,
            [
                now.milliseconds, span.lowerBound.milliseconds, span.upperBound.milliseconds,
                posts.map { JSONText($0).text },
            ]
        ) { row in
            try (
                post: row.post(0), state: row.named(1, as: AssignmentState.self), count: row.integer(2),
                overdue: row.integer(3), onTime: row.integer(4)
            )
        }
        for row in rows {
            var statistics = byPost[row.post] ?? PostStatistics(post: row.post)
            statistics.counts.states[row.state] = Int(row.count)
            statistics.counts.overdue += Int(row.overdue)
            statistics.completedOnTime += Int(row.onTime)
            byPost[row.post] = statistics
        }
        return byPost.values.sorted { $0.post < $1.post }
    }
}
