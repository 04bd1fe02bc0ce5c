//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// An assignment; nil when this file has none of that identifier.
    package func assignment(_ id: AssignmentID) throws -> Assignment? {
        if let known = connection.memo.assignments[id] { return known }
        let assignment = try connection.first(selectAssignment, [id.text], Assignment.init(row:))
        connection.memo.assignments[id] = assignment
        return assignment
    }

    /// An assignment and all below it that this file knows, each before those below it, in the order of their text.
    package func assignments(under id: AssignmentID) throws -> [Assignment] {
        try connection.all(
            "SELECT \(Assignment.columns) FROM assignment WHERE id >= ? AND id < ? ORDER BY id",
            [id.text, id.rangeEnd],
            Assignment.init(row:)
        )
    }

    /// The legs that an assignment's holder has issued, in the order of their ordinals.
    package func legs(of id: AssignmentID) throws -> [Leg] {
        try connection.all(
            "SELECT \(Leg.columns) FROM leg WHERE parent = ? ORDER BY ordinal",
            [id.text],
            Leg.init(row:)
        )
    }

    /// How many assignments there are at and below one, by state, and how many are overdue.
    ///
    /// - Parameter posts: Only those that these posts hold; nil for all.
    package func counts(under id: AssignmentID, heldBy posts: [PostAddress]? = nil, now: Instant) throws
        -> OrderCounts
    {
        var counts = OrderCounts()
        let rows = try connection.all(
            """
            SELECT state, count(*), sum(\(Assignment.isOverdue(at: "?1")))
            FROM assignment WHERE id >= ?2 AND id < ?3
                AND (?4 IS NULL OR post IN (SELECT value FROM json_each(?4))) GROUP BY state
            """,
            [now.milliseconds, id.text, id.rangeEnd, posts.map { JSONText($0).text }]
        ) { row in
            try (state: row.named(0, as: AssignmentState.self), count: row.integer(1), overdue: row.integer(2))
        }
        for row in rows {
            counts.states[row.state] = Int(row.count)
            counts.overdue += Int(row.overdue)
        }
        return counts
    }

    /// Who is holding an assignment and those below it up, the posts that most waits for first.
    package func holdingUp(under id: AssignmentID, limit: Int) throws -> [PostLoad] {
        // SQLite takes the other columns from the row that has the minimum.
        try connection.all(
            """
            SELECT waitingOn, count(*), id, min(updatedAt) FROM assignment
            WHERE id >= ? AND id < ? AND waitingOn IS NOT NULL
            GROUP BY waitingOn ORDER BY count(*) DESC, min(updatedAt), waitingOn LIMIT ?
            """,
            [id.text, id.rangeEnd, limit],
            PostLoad.init(row:)
        )
    }

    /// What a post has before it: what is open, the most pressing first; with `includeFinal` what is over behind it,
    /// the newest first.
    ///
    /// A tombstone is not shown: the work it stands for never reached the post.
    package func inbox(of post: PostAddress, includeFinal: Bool, limit: Int) throws -> [InboxItem] {
        let open = try inbox(
            "INDEXED BY assignmentOpenByPost WHERE post = ? AND isOpen = 1 ORDER BY dueAt IS NULL, dueAt, issuedAt, id",
            of: post,
            limit: limit
        )
        guard includeFinal, open.count < limit else { return open }
        let final = try inbox(
            "WHERE post = ? AND isOpen = 0 AND NOT isTombstone ORDER BY updatedAt DESC, id",
            of: post,
            limit: limit - open.count
        )
        return open + final
    }

    private func inbox(_ selection: String, of post: PostAddress, limit: Int) throws -> [InboxItem] {
        try connection.all(
            """
            SELECT \(Assignment.columns),
                (SELECT title FROM workOrder WHERE id = substr(a.id, 1, instr(a.id || '.', '.') - 1))
            FROM assignment AS a \(selection) LIMIT ?
            """,
            [post.text, limit]
        ) { row in
            try InboxItem(assignment: Assignment(row: row), title: row.textIfAny(Assignment.columnCount))
        }
    }

    /// The open work of each of `posts` that holds some.
    package func openAssignments(heldBy posts: [PostAddress]) throws -> [PostLoad] {
        try posts.compactMap { post in
            try connection.first(
                """
                SELECT post, count(*), id, min(updatedAt) FROM assignment INDEXED BY assignmentOpenByPost
                WHERE post = ? AND isOpen = 1 GROUP BY post
                """,
                [post.text],
                PostLoad.init(row:)
            )
        }
    }
}

extension PostLoad {
    fileprivate init(row: ResultRow) throws {
        try self.init(
            post: row.post(0),
            count: Int(row.integer(1)),
            oldest: row.assignmentID(2),
            since: row.instant(3)
        )
    }
}

private let selectAssignment = SQL("SELECT \(Assignment.columns) FROM assignment WHERE id = ?")
