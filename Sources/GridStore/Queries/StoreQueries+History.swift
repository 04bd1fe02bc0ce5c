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
            SELECT \(HistoryLine.columns) FROM history INDEXED BY historyByAssignment
            WHERE assignment >= ? AND assignment < ? AND n > ? ORDER BY n LIMIT ?
            """,
            [id.text, id.rangeEnd, n, limit],
            HistoryLine.init(row:)
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
            "SELECT \(HistoryLine.columns) FROM history WHERE assignment = ? AND n > ? ORDER BY n LIMIT ?",
            [id.text, n, limit],
            HistoryLine.init(row:)
        )
    }
}
