//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// A line of history as the archive has it.
package struct ArchivedLine: Sendable, Hashable {
    /// The line; the person's name is not in it, since people's names change.
    package var line: HistoryLine
    /// The number of the person who gave the command; nil where it did not come over HTTP.
    package var person: Int64?

    static let columns = "n, assignment, event, at, actor, leg, note, cause, person, isStandIn"

    /// Reads `columns`.
    init(row: ResultRow) throws {
        line = try HistoryLine(row: row)
        person = row.integerIfAny(8)
        line.isStandIn = try person != nil && row.flag(9)
    }

    /// The values of `columns`.
    var values: [any Bindable] {
        [
            line.n, line.assignment.text, line.event.rawValue, line.at.milliseconds, line.actor?.description,
            line.leg?.text, line.note, line.cause.text, person, line.isStandIn,
        ]
    }
}
