//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// A person by name; nil when there is none.
    package func person(named name: String) throws -> Person? {
        try connection.first("SELECT \(Person.columns) FROM person WHERE name = ?", [name], Person.init(row:))
            .map(withPosts)
    }

    /// The people, sorted by name.
    package func people() throws -> [Person] {
        try connection.all("SELECT \(Person.columns) FROM person ORDER BY name", [], Person.init(row:)).map(withPosts)
    }

    /// The person a session belongs to; nil when it is unknown or over, or its person disabled.
    ///
    /// The secret is looked up by its hash: how long a comparison takes tells nothing about it.
    package func person(ofSession hash: [UInt8], at now: Instant) throws -> Person? {
        try connection.first(
            """
            SELECT \(Person.columns) FROM person JOIN session ON session.person = person.n
            WHERE session.hash = ? AND session.expiresAt > ? AND NOT isDisabled
            """,
            [hash, now.milliseconds],
            Person.init(row:)
        )
        .map { try withPosts($0, at: now) }
    }

    /// When a session began, and when it ends unless it is prolonged; nil when it is unknown.
    package func period(ofSession hash: [UInt8]) throws -> (beginsAt: Instant, endsAt: Instant)? {
        try connection.first("SELECT createdAt, expiresAt FROM session WHERE hash = ?", [hash]) { row in
            try (beginsAt: row.instant(0), endsAt: row.instant(1))
        }
    }

    /// The person a token speaks for; nil when it is unknown, revoked or over, or its person disabled.
    package func person(ofToken hash: [UInt8], at now: Instant) throws -> Person? {
        try connection.first(
            """
            SELECT \(Person.columns) FROM person JOIN token ON token.person = person.n
            WHERE token.hash = ? AND token.revokedAt IS NULL AND (token.expiresAt IS NULL OR token.expiresAt > ?)
                AND NOT isDisabled
            """,
            [hash, now.milliseconds],
            Person.init(row:)
        )
        .map { try withPosts($0, at: now) }
    }

    /// What a password given for a name is checked against; nil when there is no such person.
    package func password(of name: String) throws -> PasswordRecord? {
        try connection.first("SELECT n, password, isDisabled FROM person WHERE name = ?", [name]) { row in
            try PasswordRecord(person: row.integer(0), hash: row.textIfAny(1), isDisabled: row.flag(2))
        }
    }

    /// The tokens, those of one person or all, the newest first.
    package func tokens(of person: String? = nil) throws -> [TokenSummary] {
        try connection.all(
            """
            SELECT token.n, name, label, token.createdAt, expiresAt, revokedAt
            FROM token JOIN person ON person.n = token.person
            WHERE ?1 IS NULL OR name = ?1 ORDER BY token.n DESC
            """,
            [person]
        ) { row in
            try TokenSummary(
                n: row.integer(0),
                person: row.text(1),
                label: row.text(2),
                createdAt: row.instant(3),
                expiresAt: row.instantIfAny(4),
                revokedAt: row.instantIfAny(5)
            )
        }
    }

    /// The attempts in vain on a name; nil when there were none.
    package func signInFailures(of subject: [UInt8]) throws -> SignInFailures? {
        try connection.first(
            "SELECT count, lastAt, lockedUntil FROM signInFailure WHERE subject = ?",
            [subject]
        ) { row in
            try SignInFailures(count: Int(row.integer(0)), lastAt: row.instant(1), lockedUntil: row.instantIfAny(2))
        }
    }

    /// What became of the command that a person gave under a key; nil when there was none.
    package func idempotencyRecord(of person: Int64, key: String) throws -> IdempotencyRecord? {
        try connection.first(
            "SELECT fingerprint, assignment, reason, detail FROM idempotencyKey WHERE person = ? AND key = ?",
            [person, key]
        ) { row in
            let reason: RefusalReason? = try row.isNull(2) ? nil : row.named(2)
            return try IdempotencyRecord(
                fingerprint: row.bytes(0),
                assignment: row.assignmentIDIfAny(1),
                refusal: reason.map { try Refusal($0, row.text(3)) }
            )
        }
    }

    private func withPosts(_ person: Person, at now: Instant) throws -> Person {
        var person = try withPosts(person)
        person.standsInFor = try postsStoodInFor(by: person.n, at: now)
        return person
    }

    private func withPosts(_ person: Person) throws -> Person {
        var person = person
        person.posts = try connection.all("SELECT post FROM postHeld WHERE person = ?", [person.n]) { row in
            try row.post(0)
        }
        .sorted()
        return person
    }
}

extension Person {
    /// The columns, in the order in which `init(row:)` reads them; posts are another table's.
    fileprivate static let columns = "person.n, name, password IS NOT NULL, isDisabled, person.createdAt"

    fileprivate init(row: ResultRow) throws {
        try self.init(
            n: row.integer(0),
            name: row.text(1),
            posts: [],
            hasPassword: row.flag(2),
            isDisabled: row.flag(3),
            createdAt: row.instant(4)
        )
    }
}
