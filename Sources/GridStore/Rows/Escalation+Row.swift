//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

extension Escalation {
    /// The columns, in the order in which `init(row:)` reads and `arguments` binds them.
    static let columns = """
        superior, assignment, revision, holder, rung, title, reason, byClock, dueAt, openedAt, state, settledAt, \
        answer, answerDueAt, answerSuperior, answerNote
        """

    /// The number of columns, for queries that read others behind them.
    static let columnCount = 16

    init(row: ResultRow) throws {
        try self.init(row: row, from: 0)
    }

    /// Reads an escalation whose first column is the `first`-th of the row.
    init(row: ResultRow, from first: Int) throws {
        try self.init(
            assignment: row.assignmentID(first + 1),
            holder: row.post(first + 3),
            superior: row.post(first),
            rung: Int(row.integer(first + 4)),
            revision: Int(row.integer(first + 2)),
            title: row.text(first + 5),
            reason: row.text(first + 6),
            byClock: row.flag(first + 7),
            dueAt: row.instantIfAny(first + 8),
            openedAt: row.instant(first + 9)
        )
        state = try row.named(first + 10)
        settledAt = row.instantIfAny(first + 11)
        guard !row.isNull(first + 12) else { return }
        answer = try AnsweredBody(
            answer: row.named(first + 12),
            rung: rung,
            revision: revision,
            dueAt: row.instantIfAny(first + 13),
            superior: row.postIfAny(first + 14),
            note: row.textIfAny(first + 15)
        )
    }

    var arguments: [any Bindable] {
        [
            superior.text, assignment.text, revision, holder.text, rung, title, reason, byClock,
            dueAt?.milliseconds, openedAt.milliseconds, state.rawValue, settledAt?.milliseconds,
            answer?.answer.rawValue, answer?.dueAt?.milliseconds, answer?.superior?.description, answer?.note,
        ]
    }
}
