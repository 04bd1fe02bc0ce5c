//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// How the file stands in counts, none of which walks further than a bound.
package struct StateFigures: Sendable, Hashable {
    /// Open assignments of a role in a state.
    package struct Line: Sendable, Hashable {
        package let role: String
        package let state: String
        package let count: Int
        /// How many of them are past their deadline.
        package let overdue: Int
    }

    /// Something of a role's.
    package struct RoleCount: Sendable, Hashable {
        package let role: String
        package let count: Int
    }

    /// Messages in the outbox that nobody is sending.
    package let outboxWaiting: Int
    /// Messages in the outbox that a process is sending.
    package let outboxLeased: Int
    /// Since when the oldest is there.
    package let outboxOldest: Instant?
    /// Messages that the inbox remembers.
    package let inbox: Int
    /// Messages that wait for their assignment.
    package let parked: Int
    /// Timers that are set.
    package let timers: Int
    /// Timers whose time has come.
    package let timersDue: Int
    /// When the earliest of those should have fired.
    package let timerDue: Instant?
    /// Assignments that are not final.
    package let assignments: [Line]
    /// Escalations that wait for an answer, by the role of the superior.
    package let escalations: [RoleCount]
}

extension StoreQueries {
    /// Counts what an operator watches.
    ///
    /// - Parameter limit: How many rows of a kind are counted at most.
    package func figures(at now: Instant, limit: Int = 100_000) throws -> StateFigures {
        func count(_ rows: String, _ arguments: [any Bindable] = []) throws -> Int {
            try connection.number("SELECT count(*) FROM (\(rows) LIMIT \(limit))", arguments)
        }
        let oldest = "SELECT enqueuedAt FROM outbox WHERE id = (SELECT min(id) FROM outbox)"
        let due = "SELECT at FROM timer WHERE at <= ? ORDER BY at LIMIT 1"
        return StateFigures(
            outboxWaiting: try count("SELECT 1 FROM outbox WHERE leaseUntil IS NULL"),
            outboxLeased: try count("SELECT 1 FROM outbox WHERE leaseUntil > 0"),
            outboxOldest: try connection.first(oldest, []) { try $0.instant(0) },
            inbox: try count("SELECT 1 FROM inbox"),
            parked: try count("SELECT 1 FROM parked"),
            timers: try count("SELECT 1 FROM timer"),
            timersDue: try count("SELECT 1 FROM timer WHERE at <= ?", [now.milliseconds]),
            timerDue: try connection.first(due, [now.milliseconds]) { try $0.instant(0) },
            assignments: try openAssignments(at: now, limit: limit),
            escalations: try openEscalations(limit: limit)
        )
    }

    private func openAssignments(at now: Instant, limit: Int) throws -> [StateFigures.Line] {
        try connection.all(
            """
            SELECT substr(post, 1, instr(post, '@') - 1) AS role, state, count(*),
                sum(\(Assignment.isOverdue(at: "?1")))
            FROM (
                SELECT post, state, acceptBy, acceptedAt, dueAt FROM assignment INDEXED BY assignmentOpen
                WHERE isOpen = 1 LIMIT ?2
            )
            GROUP BY role, state
            """,
            [now.milliseconds, limit]
        ) { row in
            try StateFigures.Line(
                role: row.text(0),
                state: row.text(1),
                count: Int(row.integer(2)),
                overdue: Int(row.integer(3))
            )
        }
    }

    private func openEscalations(limit: Int) throws -> [StateFigures.RoleCount] {
        try connection.all(
            """
            SELECT substr(superior, 1, instr(superior, '@') - 1) AS role, count(*)
            FROM (SELECT superior FROM escalation WHERE state = 'open' LIMIT ?)
            GROUP BY role
            """,
            [limit]
        ) { try StateFigures.RoleCount(role: $0.text(0), count: Int($0.integer(1))) }
    }
}
