//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GridModel

extension Assignment {
    /// The columns, in the order in which `init(row:)` reads and `arguments` binds them.
    static let columns = """
        id, post, issuer, area, state, revision, rework, legsIssued, legsAccepted, legsSubmitted, legsEscalated, \
        legsCompleted, legsReturned, legsRecalled, escalatedTo, rung, waitingOn, acceptBy, dueAt, issuedAt, \
        acceptedAt, completedAt, updatedAt, isTombstone
        """

    /// The number of columns, for queries that read others behind them.
    static let columnCount = 24

    init(row: Row) throws {
        try self.init(
            id: row.assignmentID(0),
            post: row.post(1),
            issuer: row.postIfAny(2),
            area: row.area(3),
            state: row.named(4),
            acceptBy: row.instantIfAny(17),
            dueAt: row.instantIfAny(18),
            issuedAt: row.instant(19),
            updatedAt: row.instant(22)
        )
        revision = try Int(row.integer(5))
        rework = try Int(row.integer(6))
        legs.issued = try Int(row.integer(7))
        legs.accepted = try Int(row.integer(8))
        legs.submitted = try Int(row.integer(9))
        legs.escalated = try Int(row.integer(10))
        legs.completed = try Int(row.integer(11))
        legs.returned = try Int(row.integer(12))
        legs.recalled = try Int(row.integer(13))
        escalatedTo = try row.postIfAny(14)
        rung = try Int(row.integer(15))
        waitingOn = try row.postIfAny(16)
        acceptedAt = row.instantIfAny(20)
        completedAt = row.instantIfAny(21)
        isTombstone = try row.flag(23)
    }

    var arguments: StatementArguments {
        [
            id.text, post.description, issuer?.description, area.digits, state.rawValue, revision, rework,
            legs.issued, legs.accepted, legs.submitted, legs.escalated, legs.completed, legs.returned, legs.recalled,
            escalatedTo?.description, rung, waitingOn?.description, acceptBy?.milliseconds, dueAt?.milliseconds,
            issuedAt.milliseconds, acceptedAt?.milliseconds, completedAt?.milliseconds, updatedAt.milliseconds,
            isTombstone,
        ]
    }
}
