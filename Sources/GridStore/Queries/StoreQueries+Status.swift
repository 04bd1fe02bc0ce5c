//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GridModel

/// How the file itself stands, for the operator.
extension StoreQueries {
    /// How many messages wait in the outbox, and since when.
    package func outboxStatus() throws -> OutboxStatus {
        let unleased = try connection.number("SELECT count(*) FROM outbox WHERE leaseUntil IS NULL", [])
        let leased = try connection.number("SELECT count(*) FROM outbox WHERE leaseUntil > 0", [])
        let oldest = try connection.first("SELECT enqueuedAt FROM outbox WHERE id = (SELECT min(id) FROM outbox)", []) {
            row in
            try row.instant(0)
        }
        return OutboxStatus(count: unleased + leased, leased: leased, oldest: oldest)
    }

    /// Whether no message waits in the outbox.
    package func isOutboxEmpty() throws -> Bool {
        try connection.number("SELECT NOT EXISTS (SELECT 1 FROM outbox)", []) == 1
    }

    /// How many messages the inbox remembers.
    package func inboxCount() throws -> Int {
        try connection.number("SELECT count(*) FROM inbox", [])
    }

    /// How many commands wait for their assignment.
    package func parkedCount() throws -> Int {
        try connection.number("SELECT count(*) FROM parked", [])
    }

    /// How many timers are set.
    package func timersPending() throws -> Int {
        try connection.number("SELECT count(*) FROM timer", [])
    }

    /// The name of the newest migration the file has, for instance `v2 people, tokens, sessions`.
    package func schemaVersion() throws -> String {
        try StoreError.wrapping { try Schema.migrator.appliedMigrations(connection.db).last ?? "" }
    }

    /// Checks the whole file, which takes a while on a large one.
    ///
    /// - Parameter limit: How many findings at most.
    /// - Returns: What is wrong, as SQLite says it; empty for a sound file.
    package func integrityFindings(limit: Int = 20) throws -> [String] {
        try connection.all("PRAGMA quick_check(\(limit))", []) { try $0.text(0) }.filter { $0 != "ok" }
    }
}
