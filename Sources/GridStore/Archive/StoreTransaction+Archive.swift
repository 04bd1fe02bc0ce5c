//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// Notes that the archive has an order's history, which is read from there from now on.
    ///
    /// - Parameters:
    ///   - n: The last line that the archive has; 0 when there is none.
    ///   - instant: As for `isOver(_:since:)`.
    /// - Returns: false, and nothing is noted, when something has happened to the order meanwhile.
    package func markArchived(_ order: OrderID, through n: Int64, since instant: Instant) throws -> Bool {
        guard try isOver(order, since: instant), try lastLine(under: AssignmentID(rootOf: order)) ?? 0 <= n else {
            return false
        }
        try runSilently("UPDATE workOrder SET archivedLine = ? WHERE id = ? AND archivedLine IS NULL", [n, order.text])
        return true
    }

    /// Deletes lines that the archive has; what is added later stays here.
    ///
    /// - Parameter limit: How many at most.
    /// - Returns: How many; fewer than `limit` when there are no more.
    package func deleteArchived(of order: OrderID, limit: Int) throws -> Int {
        let id = AssignmentID(rootOf: order)
        let lines = try connection.all(
            """
            SELECT n, cause, actor FROM history INDEXED BY historyByAssignment
            WHERE assignment >= ? AND assignment < ? AND n <= ? LIMIT ?
            """,
            [id.text, id.rangeEnd, archivedLine(of: order), limit]
        ) { row in
            try (n: row.integer(0), cause: row.text(1), actor: row.textIfAny(2))
        }
        for line in lines {
            try runSilently("DELETE FROM history WHERE n = ?", [line.n])
            guard let actor = line.actor else { continue }
            try runSilently("DELETE FROM performer WHERE command = ? AND post = ?", [line.cause, actor])
        }
        if lines.count < limit { try runSilently("UPDATE workOrder SET isKept = 0 WHERE id = ?", [order.text]) }
        return lines.count
    }

    /// Changes what nobody has to be told of.
    private func runSilently(_ sql: String, _ arguments: [any Bindable]) throws {
        try connection.run(sql, arguments)
        connection.memo.silentChanges += connection.db.changesCount
    }
}
