//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreTransaction {
    /// Keeps a command for an assignment that is not there yet.
    ///
    /// The same identifier under the same routing key is the same command of the same post; it is kept once.
    ///
    /// - Parameters:
    ///   - message: The command.
    ///   - id: Its identifier.
    ///   - assignment: The assignment it waits for.
    ///   - until: When it has waited long enough.
    package func park(
        _ message: StoredMessage,
        id: MessageID,
        waitingFor assignment: AssignmentID,
        until: Instant
    ) throws {
        connection.memo.hasParked = nil
        try connection.run(
            """
            INSERT INTO parked (waitingFor, until, id, \(StoredMessage.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """
        ) { binder in
            binder.add(assignment.text)
            binder.add(until.milliseconds)
            binder.add(id.text)
            message.bind(&binder)
        }
    }

    /// Takes the commands that wait for an assignment, in the order in which they came.
    package func takeParked(for assignment: AssignmentID) throws -> [StoredMessage] {
        try take(
            "SELECT n, \(StoredMessage.columns) FROM parked WHERE waitingFor = ? ORDER BY n",
            [assignment.text]
        )
    }

    /// Takes the commands that have waited long enough, those that waited longest first.
    package func takeExpiredParked(now: Instant, limit: Int) throws -> [StoredMessage] {
        try take(
            "SELECT n, \(StoredMessage.columns) FROM parked WHERE until <= ? ORDER BY until, n LIMIT ?",
            [now.milliseconds, limit]
        )
    }

    /// Takes commands that wait for a moment after `instant`.
    package func takeParked(beyond instant: Instant, limit: Int) throws -> [StoredMessage] {
        try take(
            "SELECT n, \(StoredMessage.columns) FROM parked WHERE until > ? ORDER BY until, n LIMIT ?",
            [instant.milliseconds, limit]
        )
    }

    private func take(_ query: String, _ arguments: [any Bindable]) throws -> [StoredMessage] {
        connection.memo.hasParked = nil
        let rows = try connection.all(query, arguments) { row in
            try (n: row.integer(0), message: StoredMessage(row: row, from: 1))
        }
        for row in rows {
            try connection.run("DELETE FROM parked WHERE n = ?", [row.n])
        }
        return rows.map(\.message)
    }
}
