//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Remembers a message; the inbox is what makes a repeated delivery harmless.
    ///
    /// - Parameters:
    ///   - id: The message's identifier.
    ///   - source: Who sent it; an identifier counts together with its source only.
    ///   - instant: When it is handled.
    /// - Returns: false when the message was seen before.
    package func admit(_ id: MessageID, source: String, at instant: Instant) throws -> Bool {
        try connection.run(Self.insertInbox) { binder in
            binder.add(id.text)
            binder.add(source)
            binder.add(instant.milliseconds)
        }
        return connection.db.changesCount > 0
    }

    /// Whether a message is remembered.
    package func hasAdmitted(_ id: MessageID, source: String) throws -> Bool {
        try connection.number(
            "SELECT EXISTS (SELECT 1 FROM inbox WHERE id = ? AND source = ?)",
            [id.text, source]
        ) == 1
    }

    private static let insertInbox = SQL(
        "INSERT INTO inbox (id, source, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
    )

    /// Forgets messages handled before an instant, so that the inbox does not grow for ever.
    ///
    /// - Parameters:
    ///   - instant: Messages handled before it are forgotten: choose it further back than any broker keeps a message.
    ///   - limit: How many are forgotten at most, to keep the transaction short.
    /// - Returns: How many were forgotten; fewer than `limit` when no more are left.
    package func forgetInbox(before instant: Instant, limit: Int) throws -> Int {
        try connection.run(
            """
            DELETE FROM inbox WHERE (id, source) IN (SELECT id, source FROM inbox WHERE at < ? ORDER BY at LIMIT ?)
            """,
            [instant.milliseconds, limit]
        )
        return connection.db.changesCount
    }
}
