//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// What somebody who looks after many looks for in all orders.
package enum PressingKind: String, Sendable, CaseIterable {
    /// What was not acknowledged, or not done, in time.
    case late
    /// What nobody has acknowledged yet.
    case unacknowledged
}

extension StoreQueries {
    /// Open assignments that press, those whose limit is first coming first.
    ///
    /// - Parameters:
    ///   - kind: Which of them.
    ///   - posts: Only those that these posts hold; nil for all.
    ///   - limit: How many at most.
    ///   - now: The time now, for what is late.
    /// - Returns: They, and how many there are in all.
    package func pressing(
        _ kind: PressingKind,
        of posts: [PostAddress]?,
        limit: Int,
        now: Instant
    ) throws -> (items: [InboxItem], total: Int) {
        let condition = kind == .late ? Assignment.isOverdue(at: "?1") : "(state = 'issued' AND ?1 IS NOT NULL)"
        let rows = try connection.all(
            """
            SELECT \(Assignment.columns),
                (SELECT title FROM workOrder WHERE id = substr(assignment.id, 1, instr(assignment.id || '.', '.') - 1)),
                count(*) OVER ()
            FROM assignment INDEXED BY assignmentOpen
            WHERE isOpen = 1 AND \(condition)
                AND (?2 IS NULL OR post IN (SELECT value FROM json_each(?2)))
            ORDER BY iif(acceptedAt IS NULL AND acceptBy <= ifnull(dueAt, acceptBy), acceptBy, dueAt) NULLS LAST, id
            LIMIT ?3
            """,
            [now.milliseconds, posts.map { JSONText($0).text }, limit]
        ) { row in
            try (
                item: InboxItem(assignment: Assignment(row: row), title: row.textIfAny(Assignment.columnCount)),
                total: row.integer(Assignment.columnCount + 1)
            )
        }
        return (rows.map(\.item), rows.first.map { Int($0.total) } ?? 0)
    }
}
