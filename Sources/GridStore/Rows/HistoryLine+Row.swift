//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

extension HistoryLine {
    /// The columns, in the order in which `init(row:)` reads them.
    static let columns = "n, assignment, event, at, actor, leg, note, cause"

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
}
