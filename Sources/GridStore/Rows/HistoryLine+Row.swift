//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

extension HistoryLine {
    /// The columns that `init(rowWithPerson:)` reads, and the table.
    static let withPerson = """
        h.n, h.assignment, h.event, h.at, h.actor, h.leg, h.note, h.cause, p.name, f.isStandIn FROM history AS h
        """
    /// Finds who gave the command behind a line.
    static let performers = """
        LEFT JOIN performer AS f ON f.command = h.cause AND f.post = h.actor LEFT JOIN person AS p ON p.n = f.person
        """

    /// Reads number, assignment, event, time, actor, leg, note and cause.
    init(row: ResultRow) throws {
        try self.init(
            n: row.integer(0),
            assignment: row.assignmentID(1),
            event: row.named(2),
            at: row.instant(3),
            actor: row.postIfAny(4),
            leg: row.assignmentIDIfAny(5),
            note: row.textIfAny(6),
            cause: row.messageID(7)
        )
    }

    /// Reads the columns of `withPerson`.
    init(rowWithPerson row: ResultRow) throws {
        try self.init(row: row)
        person = row.textIfAny(8)
        isStandIn = try person != nil && row.flag(9)
    }
}
