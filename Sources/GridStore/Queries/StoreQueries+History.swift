//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Lines of an order that was over long ago come from the archive, and after them what was added since.
extension StoreQueries {
    /// What happened at and below an assignment, in the order in which it was handled here.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - limit: How many lines at most.
    ///   - n: Only lines after this number; 0 for the beginning.
    /// - Throws: `StoreError`, also where the archive is wanted and cannot be read.
    package func history(under id: AssignmentID, limit: Int, after n: Int64 = 0) throws -> [HistoryLine] {
        try history(
            id,
            limit,
            after: n,
            archived: { try connection.archive.lines(under: id, limit: limit, after: n) },
            kept: { limit, n in
                try connection.all(
                    """
                    SELECT \(HistoryLine.withPerson) INDEXED BY historyByAssignment \(HistoryLine.performers)
                    WHERE h.assignment >= ? AND h.assignment < ? AND h.n > ? ORDER BY h.n LIMIT ?
                    """,
                    [id.text, id.rangeEnd, n, limit],
                    HistoryLine.init(rowWithPerson:)
                )
            }
        )
    }

    /// What happened on an assignment's own page, without what lies below it.
    ///
    /// - Parameters:
    ///   - id: The assignment.
    ///   - limit: How many lines at most.
    ///   - n: Only lines after this number; 0 for the beginning.
    /// - Throws: `StoreError`, also where the archive is wanted and cannot be read.
    package func history(of id: AssignmentID, limit: Int, after n: Int64 = 0) throws -> [HistoryLine] {
        try history(
            id,
            limit,
            after: n,
            archived: { try connection.archive.lines(of: id, limit: limit, after: n) },
            kept: { limit, n in
                try connection.all(
                    """
                    SELECT \(HistoryLine.withPerson) \(HistoryLine.performers)
                    WHERE h.assignment = ? AND h.n > ? ORDER BY h.n LIMIT ?
                    """,
                    [id.text, n, limit],
                    HistoryLine.init(rowWithPerson:)
                )
            }
        )
    }

    /// The last time that something happened on an assignment's own page; nil where it never did.
    ///
    /// - Throws: `StoreError`, also where the archive is wanted and cannot be read.
    package func newestLine(of id: AssignmentID, _ event: HistoryEntry.Event) throws -> HistoryLine? {
        let archived = try archivedLine(of: id.order)
        let kept = try connection.first(
            """
            SELECT \(HistoryLine.withPerson) \(HistoryLine.performers)
            WHERE h.assignment = ? AND h.event = ? AND h.n > ? ORDER BY h.n DESC LIMIT 1
            """,
            [id.text, event.rawValue, archived],
            HistoryLine.init(rowWithPerson:)
        )
        if kept != nil || archived == 0 { return kept }
        return try named([connection.archive.newestLine(of: id, event)].compactMap(\.self)).first
    }

    /// Joins what the archive has of an assignment's history with what the state file has.
    private func history(
        _ id: AssignmentID,
        _ limit: Int,
        after n: Int64,
        archived: () throws -> [ArchivedLine],
        kept: (_ limit: Int, _ after: Int64) throws -> [HistoryLine]
    ) throws -> [HistoryLine] {
        let last = try archivedLine(of: id.order)
        let old = n < last ? try named(archived()) : []
        return old.count < limit ? try old + kept(limit - old.count, max(n, last)) : old
    }
}
