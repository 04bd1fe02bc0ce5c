//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreTransaction {
    /// Keeps an invitation; the person's earlier ones are void, and those that are over are forgotten.
    package func saveInvitation(hash: [UInt8], of person: Int64, expiresAt: Instant, at instant: Instant) throws {
        try connection.run("DELETE FROM invitation WHERE person = ?", [person])
        try connection.run("DELETE FROM invitation WHERE expiresAt <= ?", [instant.milliseconds])
        try connection.run(
            "INSERT INTO invitation (hash, person, expiresAt) VALUES (?, ?, ?)",
            [hash, person, expiresAt.milliseconds]
        )
    }

    /// Uses an invitation up.
    ///
    /// - Returns: The number of the person it was made for; nil when it is unknown, used, void or over, or its person
    ///   disabled.
    package func takeInvitation(hash: [UInt8], at now: Instant) throws -> Int64? {
        let person = try connection.first(
            """
            SELECT person.n FROM invitation JOIN person ON person.n = invitation.person
            WHERE hash = ? AND expiresAt > ? AND NOT isDisabled
            """,
            [hash, now.milliseconds]
        ) { row in
            try row.integer(0)
        }
        if person != nil { try connection.run("DELETE FROM invitation WHERE hash = ?", [hash]) }
        return person
    }
}
