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
        // What has no deadline is in time.
        let rows = try connection.all(
            """
            SELECT post, state, count(*),
                sum(\(Assignment.isOverdue(at: "?1"))),
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

    /// How many assignments were issued and completed, day by day.
    ///
    /// - Parameters:
    ///   - posts: Only those that these posts hold; nil for all.
    ///   - days: The days, counted from 1970-01-01.
    ///   - offsetMinutes: How far the office's clock is ahead of UTC.
    /// - Returns: One for each day.
    package func dailyCounts(of posts: [PostAddress]?, days: Range<Int64>, offsetMinutes: Int64) throws -> [DailyCount]
    {
        var counts = days.map { DailyCount(day: $0) }
        let rows = try connection.all(
            """
            SELECT isDone, (at + ?1) / 86400000 AS day, count(*) FROM (
                SELECT 0 AS isDone, issuedAt AS at FROM assignment
                WHERE issuedAt >= ?2 AND issuedAt < ?3 AND NOT isTombstone
                    AND (?4 IS NULL OR post IN (SELECT value FROM json_each(?4)))
                UNION ALL
                SELECT 1, completedAt FROM assignment
                WHERE completedAt >= ?2 AND completedAt < ?3 AND state = 'completed'
                    AND (?4 IS NULL OR post IN (SELECT value FROM json_each(?4)))
            ) GROUP BY isDone, day
            """,
            [
                offsetMinutes * 60_000, days.lowerBound * 86_400_000 - offsetMinutes * 60_000,
                days.upperBound * 86_400_000 - offsetMinutes * 60_000, posts.map { JSONText($0).text },
            ]
        ) { row in try (isDone: row.flag(0), day: row.integer(1), count: row.integer(2)) }
        for row in rows where days.contains(row.day) {
            let index = Int(row.day - days.lowerBound)
            if row.isDone { counts[index].completed = Int(row.count) } else { counts[index].issued = Int(row.count) }
        }
        return counts
    }
}
