//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Open assignments of a role, by the light of their deadline: green to 80 % of the time, yellow to its end, red after it.
package struct LightCounts: Sendable, Hashable, Codable {
    /// The role whose posts hold them.
    package var role: String
    /// How many have time.
    package var green = 0
    /// How many have used up more than 80 % of it.
    package var yellow = 0
    /// How many are late.
    package var red = 0
    /// How many have no deadline.
    package var none = 0
    /// How many wait for a superior's answer, whatever their light.
    package var escalated = 0

    /// Creates counts of zero.
    package init(role: String) {
        self.role = role
    }
}

extension StoreQueries {
    /// The lights of open assignments, by the role that holds them.
    ///
    /// - Parameter limit: How many open assignments are looked at, at most.
    package func lights(at now: Instant, limit: Int = 100_000) throws -> [LightCounts] {
        // The limit is `Assignment.acceptLimit(at:)`, or when the work is due; work handed in late is not late, and its time
        // is up.
        try connection.all(
            """
            SELECT role, sum(NOT isLate AND endsAt IS NOT NULL AND NOT isUsed), sum(NOT isLate AND isUsed), sum(isLate),
                sum(NOT isLate AND endsAt IS NULL), sum(state = 'escalated')
            FROM (
                SELECT role, state, isLate, endsAt,
                    endsAt IS NOT NULL AND (?1 - issuedAt) * 5 > (endsAt - issuedAt) * 4 AS isUsed
                FROM (
                    SELECT substr(post, 1, instr(post, '@') - 1) AS role, state, issuedAt,
                        \(Assignment.isOverdue(at: "?1")) AS isLate,
                        iif(state = 'issued' AND acceptedAt IS NULL AND acceptBy <= ifnull(dueAt, acceptBy), acceptBy, dueAt)
                            AS endsAt
                    FROM assignment INDEXED BY assignmentOpen
                    WHERE isOpen = 1 LIMIT ?2
                )
            )
            GROUP BY role
            """,
            [now.milliseconds, limit]
        ) { row in
            var counts = LightCounts(role: try row.text(0))
            counts.green = Int(try row.integer(1))
            counts.yellow = Int(try row.integer(2))
            counts.red = Int(try row.integer(3))
            counts.none = Int(try row.integer(4))
            counts.escalated = Int(try row.integer(5))
            return counts
        }
    }
}
