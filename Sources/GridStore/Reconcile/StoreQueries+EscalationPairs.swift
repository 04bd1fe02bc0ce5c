//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Escalations that disagree with their holders' pages; the model's `missing…` have the last word.
extension StoreQueries {
    /// Escalated assignments whose superior, as far as it is of this file, was not asked, or has answered.
    ///
    /// - Parameters:
    ///   - after: The assignment to go on after; nil for the beginning.
    ///   - limit: How many rows at most.
    package func escalatedPairs(
        in scope: ReconcileScope,
        after: AssignmentID?,
        limit: Int
    ) throws -> ReconcilePage<EscalatedPair, AssignmentID> {
        let items = try connection.all(
            """
            SELECT \(Self.qualified(Assignment.columns, "a")), \(Self.qualified(Escalation.columns, "e")), o.title
            FROM assignment AS a INDEXED BY assignmentOpen
            CROSS JOIN workOrder AS o ON o.id = substr(a.id, 1, instr(a.id || '.', '.') - 1)
            LEFT JOIN escalation AS e ON e.superior = a.escalatedTo AND e.assignment = a.id AND e.revision = (
                SELECT max(revision) FROM escalation WHERE superior = a.escalatedTo AND assignment = a.id
            )
            WHERE a.isOpen = 1 AND a.state = 'escalated' AND a.id > ?1
                AND a.updatedAt <= ?2 AND max(e.openedAt, ifnull(e.settledAt, 0)) <= ?2 IS NOT 0
                AND (
                    e.n IS NULL OR e.revision < a.revision
                    OR (e.revision = a.revision AND e.rung = a.rung AND e.state IN ('answered', 'passedUp'))
                )
            ORDER BY a.id LIMIT ?3
            """,
            [after?.text ?? "", scope.unchangedSince.milliseconds, limit]
        ) { row in
            let first = Assignment.columnCount
            return try EscalatedPair(
                holder: Assignment(row: row),
                escalation: row.isNull(first) ? nil : Escalation(row: row, from: first),
                title: row.text(first + Escalation.columnCount),
                reason: "",
                byClock: false
            )
        }
        return ReconcilePage(
            items: try items.map(withReason),
            next: items.count < limit ? nil : items.last?.holder.id
        )
    }

    /// Escalations that are open at their superiors while their holders wait for no such answer.
    ///
    /// - Parameter after: The escalation to go on after, as superior and number; nil for the beginning.
    package func overtakenEscalations(
        in scope: ReconcileScope,
        after: EscalationPosition?,
        limit: Int
    ) throws -> ReconcilePage<(escalation: Escalation, holder: Assignment), EscalationPosition> {
        let rows = try connection.all(
            """
            SELECT \(Self.qualified(Escalation.columns, "e")), \(Self.qualified(Assignment.columns, "a")), e.n
            FROM escalation AS e INDEXED BY escalationByState
            CROSS JOIN assignment AS a ON a.id = e.assignment
            WHERE e.state = 'open' AND (e.superior, e.n) > (?1, ?2) AND e.openedAt <= ?3 AND a.updatedAt <= ?3
                AND (
                    a.revision > e.revision
                    OR (a.revision = e.revision
                        AND (a.state <> 'escalated' OR (a.escalatedTo <> e.superior AND e.rung < a.rung)))
                )
            ORDER BY e.superior, e.n LIMIT ?4
            """,
            [after?.superior ?? "", after?.n ?? 0, scope.unchangedSince.milliseconds, limit]
        ) { row in
            let first = Escalation.columnCount
            return try (
                escalation: Escalation(row: row),
                holder: Assignment(row: row, from: first),
                position: EscalationPosition(superior: row.text(0), n: row.integer(first + Assignment.columnCount))
            )
        }
        return ReconcilePage(
            items: rows.map { ($0.escalation, $0.holder) },
            next: rows.count < limit ? nil : rows.last?.position
        )
    }

    /// Escalations answered here whose holders' pages are not here.
    package func answeredElsewhere(
        in scope: ReconcileScope,
        after: EscalationPosition?,
        limit: Int
    ) throws -> ReconcilePage<Escalation, EscalationPosition> {
        guard let since = scope.remoteSince else { return ReconcilePage(items: [], next: nil) }
        let rows = try connection.all(
            """
            SELECT \(Self.qualified(Escalation.columns, "e")), e.n
            FROM escalation AS e INDEXED BY escalationByState
            LEFT JOIN assignment AS a ON a.id = e.assignment
            WHERE e.state IN ('answered', 'passedUp') AND (e.superior, e.n) > (?1, ?2)
                AND e.settledAt BETWEEN ?3 AND ?4 AND a.id IS NULL
            ORDER BY e.superior, e.n LIMIT ?5
            """,
            [
                after?.superior ?? "", after?.n ?? 0, since.milliseconds, scope.unchangedSince.milliseconds, limit,
            ]
        ) { row in
            let n = try row.integer(Escalation.columnCount)
            return try (
                escalation: Escalation(row: row), position: EscalationPosition(superior: row.text(0), n: n)
            )
        }
        return ReconcilePage(
            items: rows.map(\.escalation),
            next: rows.count < limit ? nil : rows.last?.position
        )
    }

    /// Takes the reason of an escalation from its holder's history: its own words, and what each superior added that
    /// passed it up.
    private func withReason(_ pair: EscalatedPair) throws -> EscalatedPair {
        var pair = pair
        let lines = try connection.all(
            """
            SELECT event, actor, note FROM history INDEXED BY historyByAssignment
            WHERE assignment = ?1 AND event IN ('escalated', 'passedUp') AND n >= ifnull((
                SELECT max(n) FROM history INDEXED BY historyByAssignment WHERE assignment = ?1 AND event = 'escalated'
            ), 0)
            ORDER BY n LIMIT 20
            """,
            [pair.holder.id.text]
        ) { row in
            try (event: row.text(0), actor: row.textIfAny(1), note: row.textIfAny(2))
        }
        pair.byClock = lines.first?.event == "escalated" && lines.first?.actor == nil
        for line in lines {
            guard let note = line.note else { continue }
            pair.reason =
                line.event == "escalated"
                ? note : EscalatedPair.joined(pair.reason, " | \(line.actor ?? ""): \(note)")
        }
        return pair
    }

    private static func qualified(_ columns: String, _ table: String) -> String {
        columns.split(separator: ", ").map { "\(table).\($0)" }.joined(separator: ", ")
    }
}

/// Where a walk through escalations has come to.
package struct EscalationPosition: Hashable, Sendable {
    /// The superior.
    let superior: String
    /// The escalation's number.
    let n: Int64
}
