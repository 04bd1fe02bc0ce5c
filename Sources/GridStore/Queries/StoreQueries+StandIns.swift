//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// The stand-ins whose period is not over, those that end first coming first.
    package func standIns(at now: Instant, limit: Int) throws -> [StandIn] {
        try connection.all(
            "SELECT \(StandIn.columns) FROM \(StandIn.tables) WHERE s.endsAt > ? ORDER BY s.endsAt, s.n LIMIT ?",
            [now.milliseconds, limit],
            StandIn.init(row:)
        )
    }

    /// A stand-in by its number; nil when there is none.
    package func standIn(_ n: Int64) throws -> StandIn? {
        try connection.first(
            "SELECT \(StandIn.columns) FROM \(StandIn.tables) WHERE s.n = ?",
            [n],
            StandIn.init(row:)
        )
    }

    /// The stand-in that a person was named to be under an idempotency key of the grantor's; nil when there is none.
    package func standIn(
        _ person: Int64,
        for post: PostAddress,
        grantedBy grantor: Int64,
        under key: String
    ) throws -> StandIn? {
        try connection.first(
            """
            SELECT \(StandIn.columns) FROM \(StandIn.tables)
            WHERE s.person = ?1 AND s.post = ?2 AND s.grantedBy = ?3
                AND s.grantedAt = (SELECT at FROM idempotencyKey WHERE person = ?3 AND key = ?4)
            ORDER BY s.n LIMIT 1
            """,
            [person, post.description, grantor, key],
            StandIn.init(row:)
        )
    }

    /// The posts for which a person stands in now.
    func postsStoodInFor(by person: Int64, at now: Instant) throws -> [PostAddress] {
        try connection.all(
            "SELECT DISTINCT post FROM standIn WHERE person = ? AND endsAt > ? AND beginsAt <= ?",
            [person, now.milliseconds, now.milliseconds]
        ) { row in
            try row.post(0)
        }
        .sorted()
    }
}

extension StandIn {
    fileprivate static let columns = "s.n, s.post, p.name, s.beginsAt, s.endsAt, g.name, s.grantedAt"
    fileprivate static let tables = """
        standIn AS s CROSS JOIN person AS p ON p.n = s.person LEFT JOIN person AS g ON g.n = s.grantedBy
        """

    fileprivate init(row: ResultRow) throws {
        try self.init(
            n: row.integer(0),
            post: row.post(1),
            person: row.text(2),
            beginsAt: row.instant(3),
            endsAt: row.instant(4),
            grantedBy: row.textIfAny(5),
            grantedAt: row.instant(6)
        )
    }
}
