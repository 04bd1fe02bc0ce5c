//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GridModel

extension Escalation {
    /// The columns, in the order in which `init(row:)` reads and `arguments` binds them.
    static let columns = """
        superior, assignment, revision, holder, rung, title, reason, byClock, dueAt, openedAt, state, settledAt
        """

    init(row: Row) throws {
        try self.init(
            assignment: row.assignmentID(1),
            holder: row.post(3),
            superior: row.post(0),
            rung: Int(row.integer(4)),
            revision: Int(row.integer(2)),
            title: row.text(5),
            reason: row.text(6),
            byClock: row.flag(7),
            dueAt: row.instantIfAny(8),
            openedAt: row.instant(9)
        )
        state = try row.named(10)
        settledAt = row.instantIfAny(11)
    }

    var arguments: StatementArguments {
        [
            superior.description, assignment.text, revision, holder.description, rung, title, reason, byClock,
            dueAt?.milliseconds, openedAt.milliseconds, state.rawValue, settledAt?.milliseconds,
        ]
    }
}
