//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// What happened at and below an assignment, in the order in which it was handled here.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - limit: How many lines at most.
    ///   - n: Only lines after this number; 0 for the beginning.
    package func history(under id: AssignmentID, limit: Int, after n: Int64 = 0) throws -> [HistoryLine] {
        try connection.all(
            """
            SELECT \(HistoryLine.withPerson) INDEXED BY historyByAssignment \(HistoryLine.performers)
            WHERE h.assignment >= ? AND h.assignment < ? AND h.n > ? ORDER BY h.n LIMIT ?
            """,
            [id.text, id.rangeEnd, n, limit],
            HistoryLine.init(rowWithPerson:)
        )
    }

    /// The last time that something happened on an assignment's own page; nil where it never did.
    package func newestLine(of id: AssignmentID, _ event: HistoryEntry.Event) throws -> HistoryLine? {
        try connection.first(
            """
            SELECT \(HistoryLine.withPerson) \(HistoryLine.performers)
            WHERE h.assignment = ? AND h.event = ? ORDER BY h.n DESC LIMIT 1
            """,
            [id.text, event.rawValue],
            HistoryLine.init(rowWithPerson:)
        )
    }

    /// What happened on an assignment's own page, without what lies below it.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - limit: How many lines at most.
    ///   - n: Only lines after this number; 0 for the beginning.
    package func history(of id: AssignmentID, limit: Int, after n: Int64 = 0) throws -> [HistoryLine] {
        try connection.all(
            """
            SELECT \(HistoryLine.withPerson) \(HistoryLine.performers)
            WHERE h.assignment = ? AND h.n > ? ORDER BY h.n LIMIT ?
            """,
            [id.text, n, limit],
            HistoryLine.init(rowWithPerson:)
        )
    }
}
