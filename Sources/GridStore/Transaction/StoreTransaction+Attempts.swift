//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// The attempts at messages that were delivered again: what is left of one tells that a process began to handle the
/// message and never came to the end.
package struct Attempts: Sendable, Hashable {
    /// How many there were, by different processes.
    package let count: Int
    /// The process that made the last one.
    package let owner: String
}

extension StoreTransaction {
    /// The attempts at a message; nil when there are none.
    package func attempts(_ key: String) throws -> Attempts? {
        try connection.first("SELECT count, owner FROM attempt WHERE key = ?", [key]) { row in
            try Attempts(count: Int(row.integer(0)), owner: row.text(1))
        }
    }

    /// Notes that a process begins to handle a message. A process that does so again is counted once.
    ///
    /// - Parameters:
    ///   - key: The message's short name.
    ///   - owner: The process.
    ///   - instant: The time now.
    package func beginAttempt(_ key: String, owner: String, at instant: Instant) throws {
        try connection.run(
            """
            INSERT INTO attempt (key, count, owner, at) VALUES (?, 1, ?, ?)
            ON CONFLICT DO UPDATE SET count = count + (owner <> excluded.owner), owner = excluded.owner, at = excluded.at
            """,
            [key, owner, instant.milliseconds]
        )
    }

    /// Strikes out the attempts at a message, because it is handled.
    package func endAttempts(_ key: String) throws {
        try connection.run("DELETE FROM attempt WHERE key = ?", [key])
    }

    /// Forgets attempts whose message never came again.
    package func forgetAttempts(before instant: Instant) throws {
        try connection.run("DELETE FROM attempt WHERE at < ?", [instant.milliseconds])
    }
}
