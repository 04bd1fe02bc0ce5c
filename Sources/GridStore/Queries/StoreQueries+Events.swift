//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// The history read as it grows, by whoever follows a post or an order.
extension StoreQueries {
    /// The number of the newest line of history; 0 when there is none.
    package func newestHistoryLine() throws -> Int64 {
        try connection.first("SELECT coalesce(max(n), 0) FROM history", []) { try $0.integer(0) } ?? 0
    }

    /// What happened on a post's page, or to an escalation that it has to answer.
    ///
    /// - Parameters:
    ///   - post: The post.
    ///   - n: Only lines after this number.
    ///   - limit: How many lines of the file are looked at; fewer may be the post's.
    package func events(of post: PostAddress, after n: Int64, lookingAt limit: Int) throws -> HistoryStretch {
        let end = try min(newestHistoryLine(), n + Int64(limit))
        let lines = try connection.all(
            """
            SELECT \(Self.eventColumns) FROM history AS h NOT INDEXED LEFT JOIN assignment AS a ON a.id = h.assignment
            WHERE h.n > ?1 AND h.n <= ?2 AND (a.post = ?3
                OR (h.event IN ('escalationOpened', 'escalationSettled') AND EXISTS (
                    SELECT 1 FROM escalation AS e WHERE e.superior = ?3 AND e.assignment = h.assignment)))
            ORDER BY h.n
            """,
            [n, end, post.description],
            Self.event
        )
        return HistoryStretch(lines: lines, end: max(n, end))
    }

    /// What happened at and below an assignment.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - n: Only lines after this number.
    ///   - limit: How many lines of the file are looked at; fewer may be about the assignment.
    package func events(under id: AssignmentID, after n: Int64, lookingAt limit: Int) throws -> HistoryStretch {
        let end = try min(newestHistoryLine(), n + Int64(limit))
        let lines = try connection.all(
            """
            SELECT \(Self.eventColumns) FROM history AS h NOT INDEXED LEFT JOIN assignment AS a ON a.id = h.assignment
            WHERE h.n > ? AND h.n <= ? AND h.assignment >= ? AND h.assignment < ? ORDER BY h.n
            """,
            [n, end, id.text, id.rangeEnd],
            Self.event
        )
        return HistoryStretch(lines: lines, end: max(n, end))
    }

    private static var eventColumns: String {
        "h.n, h.assignment, h.event, h.at, h.actor, h.leg, h.note, h.cause, a.post"
    }

    private static func event(_ row: ResultRow) throws -> HistoryStretch.Line {
        try HistoryStretch.Line(line: HistoryLine(row: row), post: row.postIfAny(8))
    }
}
