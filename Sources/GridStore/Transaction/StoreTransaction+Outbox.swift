//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Puts messages into the outbox.
    ///
    /// - Parameters:
    ///   - messages: The messages, in the order in which they are to be sent.
    ///   - lease: Who sends them at once; nil leaves them to whoever claims them next.
    ///   - instant: The time now.
    /// - Returns: The rows' numbers, in the same order.
    package func enqueue(_ messages: [StoredMessage], lease: OutboxLease?, at instant: Instant) throws -> [Int64] {
        var ids: [Int64] = []
        ids.reserveCapacity(messages.count)
        var rest = messages[...]
        while !rest.isEmpty {
            // Every statement writes the row of AUTOINCREMENT once, whatever the number of messages.
            let isChunk = rest.count >= Self.chunk
            let rows = rest.prefix(isChunk ? Self.chunk : 1)
            rest = rest.dropFirst(rows.count)
            try connection.run(isChunk ? Self.insertChunk : Self.insertOne) { binder in
                for message in rows {
                    message.bind(&binder)
                    binder.add(instant.milliseconds)
                    binder.add(lease?.owner)
                    binder.add(lease?.until.milliseconds)
                }
            }
            // The rows of one statement are numbered one after the other.
            let last = connection.db.lastInsertedRowID
            ids += (last - Int64(rows.count) + 1)...last
        }
        return ids
    }

    private static let chunk = 16
    private static let insertOne = insert(1)
    private static let insertChunk = insert(chunk)

    private static func insert(_ count: Int) -> SQL {
        let row = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        let rows = Array(repeating: row, count: count).joined(separator: ", ")
        return SQL("INSERT INTO outbox (\(StoredMessage.columns), enqueuedAt, leaseOwner, leaseUntil) VALUES \(rows)")
    }

    /// Leases rows that nobody sends: never leased, or leased by a process that has not renewed its lease in time.
    ///
    /// A lease that reaches further ahead than two leases last was given before the clock was put back; it counts as
    /// expired. One lease is not enough to tell: `now` is read before the transaction gets its turn, so a lease that
    /// another process took meanwhile already reaches a little further.
    ///
    /// - Parameters:
    ///   - owner: Who will send the rows: the process and its run.
    ///   - now: The time now.
    ///   - leaseMilliseconds: How long the lease lasts, in milliseconds.
    ///   - limit: How many rows to lease at most.
    /// - Returns: The rows, oldest first.
    package func claimOutbox(
        owner: String,
        now: Instant,
        leaseMilliseconds: Int64,
        limit: Int
    ) throws -> [OutboxRow] {
        let rows = try connection.all(
            Self.claimable,
            [limit, now.milliseconds, now.adding(milliseconds: 2 * leaseMilliseconds).milliseconds]
        ) { row in
            try OutboxRow(id: row.integer(0), message: StoredMessage(row: row, from: 1))
        }
        let until = now.adding(milliseconds: leaseMilliseconds)
        for row in rows {
            try connection.run(
                "UPDATE outbox SET leaseOwner = ?, leaseUntil = ? WHERE id = ?",
                [owner, until.milliseconds, row.id]
            )
        }
        return rows
    }

    /// Three short walks along the index of leases instead of one along a backlog that may hold a million rows;
    /// a plus sign keeps SQLite from having the order by just that walk.
    private static let claimable = """
        SELECT id, \(StoredMessage.columns) FROM outbox WHERE id IN (
            SELECT * FROM (SELECT id FROM outbox WHERE leaseUntil IS NULL ORDER BY id LIMIT ?1)
            UNION ALL
            SELECT * FROM (SELECT id FROM outbox WHERE leaseUntil <= ?2 ORDER BY +id LIMIT ?1)
            UNION ALL
            SELECT * FROM (SELECT id FROM outbox WHERE leaseUntil > ?3 ORDER BY +id LIMIT ?1)
        ) ORDER BY +id LIMIT ?1
        """

    /// Renews the leases of all rows that `owner` has and nobody took over.
    ///
    /// Here and below `leaseUntil > 0` says that there is a lease in words for which SQLite uses the index of leases.
    package func extendLeases(owner: String, until: Instant) throws {
        try connection.run(
            "UPDATE outbox SET leaseUntil = ? WHERE leaseUntil > 0 AND leaseOwner = ?",
            [until.milliseconds, owner]
        )
    }

    /// Gives back all rows that `owner` has, so that they can be claimed at once: after its connection broke, and
    /// before it ends.
    package func releaseLeases(owner: String) throws {
        try connection.run(
            "UPDATE outbox SET leaseOwner = NULL, leaseUntil = NULL WHERE leaseUntil > 0 AND leaseOwner = ?",
            [owner]
        )
    }

    /// Deletes rows that the broker confirmed, whoever has leased them by now.
    package func deleteOutbox(_ ids: [Int64]) throws {
        var rest = ids.sorted()[...]
        while let first = rest.first {
            // Confirms come in long runs, and a run is one statement.
            let run = zip(rest, first...).prefix { $0 == $1 }.count
            rest = rest.dropFirst(run)
            try connection.run(Self.deleteRun, [first, first + Int64(run) - 1])
        }
    }

    private static let deleteRun = SQL("DELETE FROM outbox WHERE id BETWEEN ? AND ?")
}
