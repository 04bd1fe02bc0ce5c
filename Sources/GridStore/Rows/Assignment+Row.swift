//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

extension Assignment {
    /// `isOverdue(at:)` as a condition: 1 or 0, never NULL.
    ///
    /// - Parameter now: The parameter that has the time now, numbered since it stands twice.
    static func isOverdue(at now: String) -> String {
        """
        (state IN ('issued', 'accepted', 'escalated')
            AND (ifnull(dueAt < \(now), 0) OR (acceptedAt IS NULL AND ifnull(acceptBy < \(now), 0))))
        """
    }

    /// The columns that say what an assignment is, in the order in which `init(row:)` reads them.
    static let columns = """
        id, post, issuer, area, state, revision, rework, legsIssued, legsAccepted, legsSubmitted, legsEscalated, \
        legsCompleted, legsReturned, legsRecalled, escalatedTo, rung, waitingOn, acceptBy, dueAt, issuedAt, \
        acceptedAt, completedAt, updatedAt, isTombstone
        """

    /// All columns, in the order in which `arguments` binds them. Whether the assignment is open follows from its state, and
    /// is there for indexes, which would be written at every change of the state if they named it themselves.
    static let storedColumns = columns + ", isOpen"

    /// The columns that change in the life of an assignment but whether it is open, in the order of `bindChanging`.
    static let changingColumns = """
        state, revision, rework, legsIssued, legsAccepted, legsSubmitted, legsEscalated, legsCompleted, legsReturned, \
        legsRecalled, escalatedTo, rung, waitingOn, dueAt, acceptedAt, completedAt, updatedAt
        """

    /// Whether all that `changingColumns` leaves out, but whether it is open, is the same.
    func isFixedAlike(_ other: Assignment) -> Bool {
        id == other.id && post == other.post && issuer == other.issuer && area == other.area
            && acceptBy == other.acceptBy && issuedAt == other.issuedAt && isTombstone == other.isTombstone
    }

    /// Binds `changingColumns`.
    func bindChanging(_ binder: inout Binder) {
        binder.add(state.rawValue)
        binder.add(revision)
        binder.add(rework)
        binder.add(legs.issued)
        binder.add(legs.accepted)
        binder.add(legs.submitted)
        binder.add(legs.escalated)
        binder.add(legs.completed)
        binder.add(legs.returned)
        binder.add(legs.recalled)
        binder.add(escalatedTo?.text)
        binder.add(rung)
        binder.add(waitingOn?.text)
        binder.add(dueAt?.milliseconds)
        binder.add(acceptedAt?.milliseconds)
        binder.add(completedAt?.milliseconds)
        binder.add(updatedAt.milliseconds)
    }

    /// The number of columns, for queries that read others behind them.
    static let columnCount = 24

    init(row: ResultRow) throws {
        try self.init(row: row, from: 0)
    }

    /// Reads an assignment whose first column is the `first`-th of the row.
    init(row: ResultRow, from first: Int) throws {
        try self.init(
            id: row.assignmentID(first),
            post: row.post(first + 1),
            issuer: row.postIfAny(first + 2),
            area: row.area(first + 3),
            state: row.named(first + 4),
            acceptBy: row.instantIfAny(first + 17),
            dueAt: row.instantIfAny(first + 18),
            issuedAt: row.instant(first + 19),
            updatedAt: row.instant(first + 22)
        )
        revision = try Int(row.integer(first + 5))
        rework = try Int(row.integer(first + 6))
        legs.issued = try Int(row.integer(first + 7))
        legs.accepted = try Int(row.integer(first + 8))
        legs.submitted = try Int(row.integer(first + 9))
        legs.escalated = try Int(row.integer(first + 10))
        legs.completed = try Int(row.integer(first + 11))
        legs.returned = try Int(row.integer(first + 12))
        legs.recalled = try Int(row.integer(first + 13))
        escalatedTo = try row.postIfAny(first + 14)
        rung = try Int(row.integer(first + 15))
        waitingOn = try row.postIfAny(first + 16)
        acceptedAt = row.instantIfAny(first + 20)
        completedAt = row.instantIfAny(first + 21)
        isTombstone = try row.flag(first + 23)
    }

    var arguments: [any Bindable] {
        [
            id.text, post.text, issuer?.text, area.digits, state.rawValue, revision, rework,
            legs.issued, legs.accepted, legs.submitted, legs.escalated, legs.completed, legs.returned, legs.recalled,
            escalatedTo?.text, rung, waitingOn?.text, acceptBy?.milliseconds, dueAt?.milliseconds,
            issuedAt.milliseconds, acceptedAt?.milliseconds, completedAt?.milliseconds, updatedAt.milliseconds,
            isTombstone, !state.isFinal,
        ]
    }
}
