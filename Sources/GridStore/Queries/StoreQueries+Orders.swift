//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// A work order; nil when it has not arrived.
    package func order(_ id: OrderID) throws -> WorkOrder? {
        if let known = connection.memo.orders[id] { return known }
        let order = try connection.first(selectOrder, [id.text]) { row in
            try workOrder(id: id.text, row: row, document: 0)
        }
        connection.memo.orders[id] = order
        return order
    }

    /// Work orders with how far they have come, the newest first.
    ///
    /// - Parameters:
    ///   - limit: How many at most.
    ///   - filter: Which of them.
    ///   - now: The time now, for what is overdue.
    package func orders(limit: Int, _ filter: OrderFilter = OrderFilter(), now: Instant) throws -> [OrderSummary] {
        var conditions: [String] = []
        var arguments: [any Bindable] = []
        if let place = filter.after {
            conditions.append("(o.issuedAt, o.id) < (?, ?)")
            arguments += [place.issuedAt.milliseconds, place.id.text]
        }
        if let state = filter.state {
            conditions.append("a.state = ?")
            arguments += [state.rawValue]
        }
        if let module = filter.module {
            conditions.append("o.document ->> '$.module' = ?")
            arguments += [module.rawValue]
        }
        if let text = filter.text, !text.isEmpty {
            conditions.append("(instr(lower(o.title), lower(?)) > 0 OR instr(o.id, ?) > 0)")
            arguments += [text, text]
        }
        if filter.isLate {
            let mine = filter.posts == nil ? "" : "AND late.post IN (SELECT value FROM json_each(?))"
            conditions.append("EXISTS (\(Self.lateAssignments) \(mine))")
            arguments += [now.milliseconds, now.milliseconds]
            if let posts = filter.posts { arguments += [JSONText(posts).text] }
        }
        if let posts = filter.posts {
            conditions.append(Self.concernsPosts)
            arguments += [JSONText(posts).text]
        }
        let rows = try connection.all(
            """
            SELECT o.id, o.document, a.state FROM workOrder AS o LEFT JOIN assignment AS a ON a.id = o.id
            \(conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND "))
            ORDER BY o.issuedAt DESC, o.id DESC LIMIT ?
            """,
            arguments + [limit]
        ) { row in
            let order = try workOrder(id: row.text(0), row: row, document: 1)
            let state: AssignmentState? = try row.isNull(2) ? nil : row.named(2)
            return (order: order, state: state)
        }
        return try rows.map { row in
            try OrderSummary(
                order: row.order,
                state: row.state,
                counts: counts(under: AssignmentID(rootOf: row.order.id), heldBy: filter.posts, now: now)
            )
        }
    }

    /// Whether a post has an assignment of the order; the index on posts ends in the identifier, so this is a
    /// short search for each post instead of a walk through the order.
    private static var concernsPosts: String {
        """
        EXISTS (SELECT 1 FROM json_each(?) AS p JOIN assignment AS part ON part.post = p.value
            AND part.id >= o.id AND part.id < o.id || '/')
        """
    }

    /// The assignments of the order that are late; the condition is `Assignment.isOverdue(at:)`, written so that the index
    /// on what is open serves.
    private static var lateAssignments: String {
        """
        SELECT 1 FROM assignment AS late WHERE late.id >= o.id AND late.id < o.id || '/'
            AND late.isOpen = 1 AND late.state <> 'submitted'
            AND (late.dueAt < ? OR (late.acceptedAt IS NULL AND late.acceptBy < ?))
        """
    }

    func workOrder(id: String, row: ResultRow, document index: Int) throws -> WorkOrder {
        try row.withBytes(index) { document in
            guard let document else { throw row.unreadable(index) }
            return try connection.orders.order(id, document: document)
        }
    }
}

private let selectOrder = SQL("SELECT document FROM workOrder WHERE id = ?")
