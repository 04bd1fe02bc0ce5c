//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// An order whose history may belong into the archive.
package struct OrderToArchive: Sendable, Hashable {
    /// The order.
    package let id: OrderID
    /// When it was issued; with its number, the place to go on after.
    package let issuedAt: Instant
    /// The last of its lines that the archive has; nil when it has none.
    package let archivedLine: Int64?
}

extension StoreQueries {
    /// Orders with lines of history in the state file, the oldest first, whether they are over or not.
    ///
    /// - Parameters:
    ///   - instant: Only those issued before it.
    ///   - place: Where to go on; nil for the beginning.
    ///   - limit: How many at most.
    package func ordersToArchive(
        issuedBefore instant: Instant,
        after place: OrderToArchive?,
        limit: Int
    ) throws -> [OrderToArchive] {
        try connection.all(
            """
            SELECT id, issuedAt, archivedLine FROM workOrder INDEXED BY workOrderKept
            WHERE isKept = 1 AND issuedAt < ? AND (issuedAt, id) > (?, ?) ORDER BY issuedAt, id LIMIT ?
            """,
            [instant.milliseconds, place?.issuedAt.milliseconds ?? .min, place?.id.text ?? "", limit]
        ) { row in
            guard let id = try OrderID(row.text(0)) else { throw row.unreadable(0) }
            return try OrderToArchive(id: id, issuedAt: row.instant(1), archivedLine: row.integerIfAny(2))
        }
    }

    /// Whether nothing more is expected of an order here: no page is open, none has changed since `instant`, no superior has
    /// an escalation to answer, and no timer is set. Its lines must not be the newest of the file, whose number would be given
    /// again.
    package func isOver(_ order: OrderID, since instant: Instant) throws -> Bool {
        let id = AssignmentID(rootOf: order)
        let range: [any Bindable] = [id.text, id.rangeEnd]
        let expected = try connection.number(
            """
            SELECT EXISTS (SELECT 1 FROM assignment INDEXED BY assignmentOpen WHERE isOpen = 1 AND id >= ?1 AND id < ?2)
                OR EXISTS (SELECT 1 FROM assignment WHERE id >= ?1 AND id < ?2 AND updatedAt >= ?3)
                OR EXISTS (SELECT 1 FROM timer WHERE assignment >= ?1 AND assignment < ?2)
                OR EXISTS (SELECT 1 FROM escalation INDEXED BY escalationByState
                    WHERE state = 'open' AND assignment >= ?1 AND assignment < ?2)
            """,
            range + [instant.milliseconds]
        )
        if expected != 0 { return false }
        guard let last = try lastLine(under: id) else { return true }
        return try last < newestHistoryLine()
    }

    /// Lines of an order as the archive takes them, by their numbers.
    package func linesToArchive(of order: OrderID, after n: Int64, limit: Int) throws -> [ArchivedLine] {
        let id = AssignmentID(rootOf: order)
        return try connection.all(
            """
            SELECT h.n, h.assignment, h.event, h.at, h.actor, h.leg, h.note, h.cause, f.person, f.isStandIn
            FROM history AS h INDEXED BY historyByAssignment
            LEFT JOIN performer AS f ON f.command = h.cause AND f.post = h.actor
            WHERE h.assignment >= ? AND h.assignment < ? AND h.n > ? ORDER BY h.n LIMIT ?
            """,
            [id.text, id.rangeEnd, n, limit],
            ArchivedLine.init(row:)
        )
    }

    /// The last line of an order's history that the archive has; 0 when it has none.
    func archivedLine(of order: OrderID) throws -> Int64 {
        let sql = "SELECT archivedLine FROM workOrder WHERE id = ?"
        return try connection.first(sql, [order.text]) { $0.integerIfAny(0) ?? 0 } ?? 0
    }

    /// How many orders have their history in the archive; those without any have nothing there.
    package func archivedOrderCount() throws -> Int {
        try connection.number("SELECT count(*) FROM workOrder WHERE archivedLine > 0", [])
    }

    /// Lines of the archive with the names that people have now.
    func named(_ lines: [ArchivedLine]) throws -> [HistoryLine] {
        var names: [Int64: String] = [:]
        return try lines.map { archived in
            var line = archived.line
            if let person = archived.person {
                if names[person] == nil {
                    let sql = "SELECT name FROM person WHERE n = ?"
                    names[person] = try connection.first(sql, [person]) { try $0.text(0) }
                }
                line.person = names[person]
                line.isStandIn = line.isStandIn && line.person != nil
            }
            return line
        }
    }

    func lastLine(under id: AssignmentID) throws -> Int64? {
        try connection.first(
            "SELECT max(n) FROM history INDEXED BY historyByAssignment WHERE assignment >= ? AND assignment < ?",
            [id.text, id.rangeEnd]
        ) { $0.integerIfAny(0) } ?? nil
    }
}
