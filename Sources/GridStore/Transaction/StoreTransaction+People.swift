//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Adds a person who may not sign in yet.
    ///
    /// - Returns: The person's number; nil when the name is taken.
    package func addPerson(named name: String, posts: [PostAddress], at instant: Instant) throws -> Int64? {
        try connection.run(
            "INSERT INTO person (name, isDisabled, createdAt) VALUES (?, 0, ?) ON CONFLICT DO NOTHING",
            [name, instant.milliseconds]
        )
        guard connection.db.changesCount > 0 else { return nil }
        let n = connection.db.lastInsertedRowID
        try setPosts(posts, of: n)
        return n
    }

    /// Makes `posts` the posts a person holds.
    package func setPosts(_ posts: [PostAddress], of person: Int64) throws {
        try connection.run("DELETE FROM postHeld WHERE person = ?", [person])
        for post in Set(posts) {
            try connection.run("INSERT INTO postHeld (person, post) VALUES (?, ?)", [person, post.description])
        }
    }

    /// Sets a person's password, as the hasher wrote it; sessions end and invitations are void.
    package func setPassword(_ hash: String, of person: Int64) throws {
        try connection.run("UPDATE person SET password = ? WHERE n = ?", [hash, person])
        try forgetWaysIn(of: person)
    }

    /// Lets a person do nothing any more, or everything again; sessions end and invitations are void, tokens hold again
    /// with the person.
    package func setDisabled(_ isDisabled: Bool, of person: Int64) throws {
        try connection.run("UPDATE person SET isDisabled = ? WHERE n = ?", [isDisabled, person])
        try forgetWaysIn(of: person)
    }

    private func forgetWaysIn(of person: Int64) throws {
        try connection.run("DELETE FROM session WHERE person = ?", [person])
        try connection.run("DELETE FROM invitation WHERE person = ?", [person])
    }

    /// Keeps a token.
    ///
    /// - Returns: Its number.
    package func addToken(
        hash: [UInt8],
        label: String,
        of person: Int64,
        expiresAt: Instant?,
        at instant: Instant
    ) throws -> Int64 {
        try connection.run(
            "INSERT INTO token (person, label, hash, createdAt, expiresAt) VALUES (?, ?, ?, ?, ?)",
            [person, label, hash, instant.milliseconds, expiresAt?.milliseconds]
        )
        return connection.db.lastInsertedRowID
    }

    /// Revokes a token.
    ///
    /// - Returns: false when there is none of that number that holds.
    package func revokeToken(_ n: Int64, at instant: Instant) throws -> Bool {
        try connection.run(
            "UPDATE token SET revokedAt = ? WHERE n = ? AND revokedAt IS NULL",
            [instant.milliseconds, n]
        )
        return connection.db.changesCount > 0
    }

    /// Keeps a session; those that are over are forgotten, and of the person's others the oldest beyond `limit`.
    package func addSession(
        hash: [UInt8],
        of person: Int64,
        expiresAt: Instant,
        limit: Int,
        at instant: Instant
    ) throws {
        try connection.run("DELETE FROM session WHERE expiresAt <= ?", [instant.milliseconds])
        try connection.run(
            "INSERT INTO session (hash, person, createdAt, expiresAt) VALUES (?, ?, ?, ?)",
            [hash, person, instant.milliseconds, expiresAt.milliseconds]
        )
        try connection.run(
            """
            DELETE FROM session WHERE hash IN (
                SELECT hash FROM session WHERE person = ? ORDER BY createdAt DESC, hash LIMIT -1 OFFSET ?)
            """,
            [person, limit]
        )
    }

    /// Has a session last until an instant.
    ///
    /// - Returns: false when there is none.
    package func prolongSession(_ hash: [UInt8], until instant: Instant) throws -> Bool {
        try connection.run("UPDATE session SET expiresAt = ? WHERE hash = ?", [instant.milliseconds, hash])
        return connection.db.changesCount > 0
    }

    /// Ends a session.
    package func endSession(_ hash: [UInt8]) throws {
        try connection.run("DELETE FROM session WHERE hash = ?", [hash])
    }

    /// Keeps the attempts in vain on a name; of all names, the newest `limit` are remembered.
    package func saveSignInFailures(_ failures: SignInFailures, of subject: [UInt8], limit: Int) throws {
        try connection.run(
            """
            INSERT INTO signInFailure (subject, count, lastAt, lockedUntil) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET count = excluded.count, lastAt = excluded.lastAt,
                lockedUntil = excluded.lockedUntil
            """,
            [subject, failures.count, failures.lastAt.milliseconds, failures.lockedUntil?.milliseconds]
        )
        try connection.run(
            """
            DELETE FROM signInFailure WHERE subject IN (
                SELECT subject FROM signInFailure ORDER BY lastAt DESC LIMIT -1 OFFSET ?)
            """,
            [limit]
        )
    }

    /// Forgets the attempts in vain on a name.
    package func clearSignInFailures(of subject: [UInt8]) throws {
        try connection.run("DELETE FROM signInFailure WHERE subject = ?", [subject])
    }

    /// Keeps what became of a command that came with a key, and forgets some of what was kept before an instant.
    package func saveIdempotencyRecord(
        _ record: IdempotencyRecord,
        of person: Int64,
        key: String,
        at instant: Instant,
        forgettingBefore old: Instant
    ) throws {
        try connection.run(
            """
            DELETE FROM idempotencyKey WHERE (person, key) IN (
                SELECT person, key FROM idempotencyKey WHERE at < ? ORDER BY at LIMIT 100)
            """,
            [old.milliseconds]
        )
        try connection.run(
            """
            INSERT INTO idempotencyKey (person, key, fingerprint, assignment, reason, detail, at)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                person, key, record.fingerprint, record.assignment?.text, record.refusal?.reason.rawValue,
                record.refusal?.detail, instant.milliseconds,
            ]
        )
    }
}
