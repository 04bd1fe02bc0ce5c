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
    ///   - state: Only those whose own assignment is in this state; nil for all.
    ///   - now: The time now, for what is overdue.
    package func orders(limit: Int, state: AssignmentState? = nil, now: Instant) throws -> [OrderSummary] {
        let rows = try connection.all(
            """
            SELECT o.id, o.document, a.state FROM workOrder AS o LEFT JOIN assignment AS a ON a.id = o.id
            \(state == nil ? "" : "WHERE a.state = ?2")
            ORDER BY o.issuedAt DESC, o.id DESC LIMIT ?1
            """,
            state.map { [limit, $0.rawValue] } ?? [limit]
        ) { row in
            let order = try workOrder(id: row.text(0), row: row, document: 1)
            let state: AssignmentState? = try row.isNull(2) ? nil : row.named(2)
            return (order: order, state: state)
        }
        return try rows.map { row in
            try OrderSummary(
                order: row.order,
                state: row.state,
                counts: counts(under: AssignmentID(rootOf: row.order.id), now: now)
            )
        }
    }

    func workOrder(id: String, row: ResultRow, document index: Int) throws -> WorkOrder {
        try row.withBytes(index) { document in
            guard let document else { throw row.unreadable(index) }
            return try connection.orders.order(id, document: document)
        }
    }
}

private let selectOrder = SQL("SELECT document FROM workOrder WHERE id = ?")
