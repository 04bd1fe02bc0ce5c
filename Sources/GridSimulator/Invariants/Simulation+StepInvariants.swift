//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// What must hold after every commit, for the pages it touched.
extension Simulation {
    private struct Observation {
        var lines: [HistoryLine] = []
        var pages: [Assignment] = []
        /// The pages that the lines are about, or that stand otherwise than before.
        var touched: [(assignment: Assignment, legs: [Leg], order: WorkOrder?)] = []
        var timers: [TimerFiring] = []

        /// The assignments that the lines are about.
        var told: Set<AssignmentID> { Set(lines.map(\.assignment)) }
    }

    /// Looks at what a commit has changed, whether it says so in the history or not.
    func observe(_ node: SimulatedNode) throws {
        if mayHaveNewOrders { try findOrders(on: node) }
        let book = node.book
        let seen = try node.store.lookNow { store in
            var seen = Observation()
            for root in roots {
                seen.lines += try store.history(under: root, limit: 100_000, after: book.lastLine)
                seen.pages += try store.assignments(under: root)
            }
            seen.lines.sort { $0.n < $1.n }
            let told = seen.told
            for assignment in seen.pages where told.contains(assignment.id) || book.hasChanged(assignment) {
                let id = assignment.id
                try seen.touched.append((assignment, store.legs(of: id), store.order(id.order)))
            }
            if !seen.touched.isEmpty {
                seen.timers = try store.dueTimers(now: Instant(milliseconds: .max), limit: 100_000)
            }
            return seen
        }
        broken += node.book.add(seen.lines)
        broken += node.book.note(seen.pages, told: seen.told)
        for (assignment, legs, order) in seen.touched {
            broken += PageAudit.broken(assignment, legs, timers: seen.timers)
            broken += PageAudit.broken(assignment, legs, of: order, toldBy: node.book, in: street.organization)
        }
    }

    private func findOrders(on node: SimulatedNode) throws {
        mayHaveNewOrders = false
        let orders = try node.store.lookNow { try $0.orders(limit: 100, now: Self.morning) }
        for order in orders.reversed() {
            let root = AssignmentID(rootOf: order.order.id)
            if !roots.contains(root) { roots.append(root) }
        }
    }
}
