//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension StoreTransaction {
    /// Writes what handling a message came to: order, assignment, legs, escalation, history and timers.
    ///
    /// The outgoing mail is not written here: whoever knows the wire encodes it and calls `enqueue(_:lease:at:)` in the
    /// same transaction.
    package func apply(_ decision: Decision) throws {
        if let order = decision.order {
            try insert(order)
        }
        // Before the legs: a leg's row refers to its issuer's.
        if let assignment = decision.assignment {
            try save(assignment)
        }
        for leg in decision.legs {
            try connection.run(Self.saveLeg, leg.arguments)
        }
        if let escalation = decision.escalation {
            try connection.run(Self.saveEscalation, escalation.arguments)
        }
        for entry in decision.history {
            try insert(entry)
        }
        for change in decision.timers {
            try apply(change)
        }
    }

    private func save(_ assignment: Assignment) throws {
        let memo = connection.memo
        if let before = memo.assignments[assignment.id], before.isFixedAlike(assignment) {
            // Nearly always: the row keeps what it was issued with, and its place in the indexes of what is open until the
            // work ends; SQLite writes these whenever a statement names their columns.
            let isOpen = !assignment.state.isFinal
            let keepsOpenness = before.state.isFinal != isOpen
            try connection.run(keepsOpenness ? Self.updateAssignment : Self.updateOpenness) { binder in
                if !keepsOpenness { binder.add(isOpen) }
                assignment.bindChanging(&binder)
                binder.add(assignment.id.text)
            }
        } else {
            try connection.run(Self.saveAssignment, assignment.arguments)
        }
        memo.assignments[assignment.id] = assignment
    }

    /// An order never changes, so one that is there already stays.
    private func insert(_ order: WorkOrder) throws {
        let document = try String(decoding: JSONEncoder().encode(order), as: UTF8.self)
        try connection.run(
            "INSERT INTO workOrder (id, title, issuedAt, document) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            [order.id.text, order.title, order.issuedAt.milliseconds, document]
        )
    }

    private func insert(_ entry: HistoryEntry) throws {
        try connection.run(Self.insertHistory) { binder in
            binder.add(entry.assignment.text)
            binder.add(entry.event.rawValue)
            binder.add(entry.at.milliseconds)
            binder.add(entry.actor?.text)
            binder.add(entry.leg?.text)
            binder.add(entry.note)
            binder.add(entry.cause.text)
        }
    }

    private func apply(_ change: Decision.TimerChange) throws {
        switch change {
        case .set(let assignment, let kind, let instant):
            try connection.run(
                Self.setTimer,
                [assignment.text, kind.rawValue, instant.milliseconds]
            )
        case .cancel(let assignment, let kind):
            try connection.run(Self.cancelTimer, [assignment.text, kind.rawValue])
        case .cancelAll(let assignment):
            try connection.run(Self.cancelTimers, [assignment.text])
        }
    }

    private static let insertHistory = SQL(
        "INSERT INTO history (assignment, event, at, actor, leg, note, cause) VALUES (?, ?, ?, ?, ?, ?, ?)"
    )
    private static let setTimer = SQL(
        "INSERT INTO timer (assignment, kind, at) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at"
    )
    private static let cancelTimer = SQL("DELETE FROM timer WHERE assignment = ? AND kind = ?")
    private static let cancelTimers = SQL("DELETE FROM timer WHERE assignment = ?")
    private static let updateAssignment = update(Assignment.changingColumns)
    private static let updateOpenness = update("isOpen, " + Assignment.changingColumns)
    private static let saveAssignment = upsert(into: "assignment", columns: Assignment.storedColumns, key: ["id"])
    private static let saveLeg = upsert(into: "leg", columns: Leg.columns, key: ["parent", "ordinal"])
    private static let saveEscalation = upsert(
        into: "escalation",
        columns: Escalation.columns,
        key: ["superior", "assignment", "revision"]
    )

    /// The statement that changes columns of an assignment that is there.
    private static func update(_ columns: String) -> SQL {
        let changes = columns.split(separator: ", ").map { "\($0) = ?" }.joined(separator: ", ")
        return SQL("UPDATE assignment SET \(changes) WHERE id = ?")
    }

    /// The statement that inserts a row or, where its key is taken, overwrites all other columns.
    private static func upsert(into table: String, columns: String, key: [String]) -> SQL {
        let names = columns.split(separator: ", ").map(String.init)
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let changes = names.filter { !key.contains($0) }.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return SQL(
            """
            INSERT INTO \(table) (\(columns)) VALUES (\(marks))
            ON CONFLICT (\(key.joined(separator: ", "))) DO UPDATE SET \(changes)
            """
        )
    }
}
