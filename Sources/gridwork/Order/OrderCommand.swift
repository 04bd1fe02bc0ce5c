//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// `gridwork order`.
struct OrderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "order",
        abstract: "Work orders: issue, list, show, watch, recall.",
        subcommands: [OrderIssue.self, OrderList.self, OrderShow.self, OrderWatch.self, OrderRecall.self]
    )

    /// Reads a whole order out of the state file.
    static func view(_ id: OrderID, in store: some StoreQueries, now: Instant) throws -> OrderView {
        let root = AssignmentID(rootOf: id)
        guard let order = try store.order(id) else {
            throw CommandFailure.notFound("there is no order \(id) in this state file; gridwork order list shows them")
        }
        let assignments = try store.assignments(under: root)
        // Where another node holds the root, the order stands as its legs here do.
        let state = assignments.first { $0.id == root }?.state ?? .issued
        return OrderView(
            id: id,
            title: order.title,
            state: state,
            dueAt: order.dueAt,
            counts: CountsView(counts: try store.counts(under: root, now: now)),
            assignments: assignments.map(OrderView.Leg.init)
        )
    }

    /// Reads an order's case number off the command line.
    static func id(_ text: String) throws -> OrderID {
        guard let id = OrderID(text) else {
            throw CommandFailure.usage("\(text) is no case number; they look like 310105002-20261123-0001")
        }
        return id
    }
}
