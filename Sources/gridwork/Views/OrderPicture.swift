//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridAPI
import GridModel
import GridStore

/// An order at a glance: state, counts, folded tree, and who is holding it up.
struct OrderPicture {
    /// How many posts that hold the order up are named.
    static let namedPosts = 8

    let state: AssignmentState?
    let counts: CountsView
    let tree: OrderTree
    let holdingUp: [HoldUpView]

    /// Reads the picture of an order.
    init(_ id: OrderID, in store: some StoreQueries, _ organization: Organization, levels: Int, now: Instant) throws {
        let root = AssignmentID(rootOf: id)
        let assignments = try store.assignments(under: root)
        state = assignments.first { $0.id == root }?.state
        counts = CountsView(counts: try store.counts(under: root, now: now))
        tree = OrderTree(assignments, in: organization, levels: levels, now: now)
        holdingUp = try store.holdingUp(under: root, limit: Self.namedPosts).map { HoldUpView($0, in: organization) }
    }

    var lines: [String] {
        var lines = ["\(state?.rawValue ?? "elsewhere"): \(counts.line)", ""]
        lines += tree.lines
        if !holdingUp.isEmpty {
            lines += ["", "Waiting for:"] + holdingUp.map { "  \($0.line)" }
        }
        return lines
    }
}
