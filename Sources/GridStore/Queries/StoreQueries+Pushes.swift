//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// The channels and the queue of pushes.
extension StoreQueries {
    /// All channels, the oldest first.
    package func pushChannels() throws -> [PushChannel] {
        try connection.all("SELECT \(PushChannel.columns) ORDER BY c.n", [], PushChannel.init(row:))
    }

    /// A channel by its number; nil when there is none.
    package func pushChannel(_ n: Int64) throws -> PushChannel? {
        try connection.first("SELECT \(PushChannel.columns) WHERE c.n = ?", [n], PushChannel.init(row:))
    }

    /// Whether anybody wants to be told of anything.
    package func hasPushChannels() throws -> Bool {
        try connection.number("SELECT EXISTS (SELECT 1 FROM pushChannel)", []) == 1
    }

    /// The channels by which a post's holder is told now: its own, and those of the people who hold it or stand in for it.
    package func pushChannels(of post: PostAddress, at now: Instant) throws -> [PushChannel] {
        try connection.all(
            """
            SELECT \(PushChannel.columns) WHERE c.n IN (
                SELECT n FROM pushChannel WHERE post = ?1
                UNION
                SELECT own.n FROM postHeld CROSS JOIN person AS holder ON holder.n = postHeld.person
                CROSS JOIN pushChannel AS own ON own.person = holder.n
                WHERE postHeld.post = ?1 AND NOT holder.isDisabled
                UNION
                SELECT own.n FROM standIn CROSS JOIN person AS other ON other.n = standIn.person
                CROSS JOIN pushChannel AS own ON own.person = other.n
                WHERE standIn.post = ?1 AND standIn.endsAt > ?2 AND standIn.beginsAt <= ?2 AND NOT other.isDisabled
            ) ORDER BY c.n
            """,
            [post.text, now.milliseconds],
            PushChannel.init(row:)
        )
    }

    /// The number of the line of history up to which it is known whom to tell.
    package func pushedLine() throws -> Int64 {
        try connection.first("SELECT pushedLine FROM node WHERE n = 1", []) { try $0.integer(0) } ?? 0
    }

    /// The history after a line, with the posts on whose pages it stands.
    ///
    /// - Parameter limit: How many lines at most.
    package func history(after n: Int64, limit: Int) throws -> HistoryStretch {
        let end = try min(newestHistoryLine(), n + Int64(limit))
        let lines = try connection.all(
            """
            SELECT h.n, h.assignment, h.event, h.at, h.actor, h.leg, h.note, h.cause, a.post
            FROM history AS h NOT INDEXED LEFT JOIN assignment AS a ON a.id = h.assignment
            WHERE h.n > ? AND h.n <= ? ORDER BY h.n
            """,
            [n, end]
        ) { row in
            try HistoryStretch.Line(line: HistoryLine(row: row), post: row.postIfAny(8))
        }
        return HistoryStretch(lines: lines, end: max(n, end))
    }

    /// Rows of the queue, the newest first.
    ///
    /// - Parameters:
    ///   - state: Only those in this state; nil for all.
    ///   - limit: How many at most.
    package func pushes(_ state: Push.State? = nil, limit: Int) throws -> [Push] {
        try connection.all(
            "SELECT \(Push.columns) FROM push WHERE ?1 IS NULL OR state = ?1 ORDER BY n DESC LIMIT ?2",
            [state?.rawValue, limit],
            Push.init(row:)
        )
    }

    /// How the queue stands.
    ///
    /// - Parameter limit: How many rows of a kind are counted at most.
    package func pushFigures(at now: Instant, limit: Int = 100_000) throws -> PushFigures {
        func count(_ condition: String) throws -> Int {
            try connection.number("SELECT count(*) FROM (SELECT 1 FROM push WHERE \(condition) LIMIT ?)", [limit])
        }
        return try PushFigures(
            waiting: count("state = 'waiting'") + count("state = 'sending'"),
            oldestDue: connection.first(
                "SELECT min(notBefore) FROM push WHERE state = 'waiting' AND notBefore <= ?",
                [now.milliseconds]
            ) { $0.instantIfAny(0) } ?? nil,
            givenUp: count("state = 'givenUp'")
        )
    }

    /// Whether something may be sent at once, as far as channels rest or not; its workers may be busy all the same.
    package func hasDuePush(at now: Instant) throws -> Bool {
        try connection.number(
            """
            SELECT EXISTS (
                SELECT 1 FROM push CROSS JOIN pushChannel AS c ON c.n = push.channel
                WHERE push.state = 'waiting' AND push.notBefore <= ?1 AND c.restsUntil <= ?1
            ) OR EXISTS (SELECT 1 FROM push WHERE state = 'sending' AND leaseUntil <= ?1)
            """,
            [now.milliseconds]
        ) == 1
    }

    /// When the queue is to be looked at next without being told: something becomes due, a channel's rest or a lease ends.
    package func nextPush(after now: Instant) throws -> Instant? {
        let times = [
            "SELECT min(notBefore) FROM push WHERE state = 'waiting' AND notBefore > ?",
            "SELECT min(leaseUntil) FROM push WHERE state = 'sending' AND leaseUntil > ?",
            "SELECT min(restsUntil) FROM pushChannel WHERE restsUntil > ?",
        ]
        return try times.compactMap { sql in
            try connection.first(sql, [now.milliseconds]) { $0.instantIfAny(0) } ?? nil
        }
        .min()
    }
}

extension PushChannel {
    /// The columns, in the order in which `init(row:)` reads them, and the tables.
    static let columns = """
        c.n, c.person, p.name, c.post, c.kind, c.address, c.secret, c.language, c.hasTitle, c.quietFrom, c.quietTo, \
        c.digestMinutes, c.createdAt, c.failures, c.restsUntil
        FROM pushChannel AS c LEFT JOIN person AS p ON p.n = c.person
        """

    init(row: ResultRow) throws {
        let quiet = row.integerIfAny(9).flatMap { from in
            row.integerIfAny(10).flatMap { QuietHours(from: Int(from), to: Int($0)) }
        }
        let person = row.integerIfAny(1)
        try self.init(
            n: row.integer(0),
            owner: person.map { .person($0, name: try row.text(2)) } ?? .post(row.post(3)),
            kind: row.named(4),
            address: row.text(5),
            secret: row.bytes(6),
            language: row.text(7),
            hasTitle: row.flag(8),
            timing: PushTiming(quiet: quiet, digestMinutes: Int(row.integer(11))),
            createdAt: row.instant(12)
        )
        failures = Int(try row.integer(13))
        restsUntil = try row.instant(14)
    }
}

extension Push {
    /// The columns, in the order in which `init(row:)` reads them.
    static let columns = """
        n, channel, post, kind, assignment, isUrgent, dueAt, at, notBefore, state, attempts, error, settledAt
        """

    init(row: ResultRow) throws {
        try self.init(
            n: row.integer(0),
            channel: row.integer(1),
            notice: PushNotice(
                post: row.post(2),
                kind: row.named(3),
                assignment: row.assignmentID(4),
                isUrgent: row.flag(5),
                dueAt: row.instantIfAny(6)
            ),
            at: row.instant(7),
            notBefore: row.instant(8),
            state: row.named(9),
            attempts: Int(row.integer(10)),
            error: row.textIfAny(11),
            settledAt: row.instantIfAny(12)
        )
    }
}
