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
        var pages: [(assignment: Assignment, legs: [Leg])] = []
        var timers: [TimerFiring] = []
    }

    /// Looks at what a commit has changed.
    func observe(_ node: SimulatedNode) throws {
        if mayHaveNewOrders { try findOrders(on: node) }
        let last = node.book.lastLine
        let seen = try node.store.lookNow { store in
            var seen = Observation()
            for root in roots { seen.lines += try store.history(under: root, limit: 100_000, after: last) }
            guard !seen.lines.isEmpty else { return seen }
            seen.lines.sort { $0.n < $1.n }
            var touched: [AssignmentID] = []
            for line in seen.lines where !touched.contains(line.assignment) { touched.append(line.assignment) }
            for id in touched {
                if let assignment = try store.assignment(id) {
                    try seen.pages.append((assignment, store.legs(of: id)))
                }
            }
            seen.timers = try store.dueTimers(now: Instant(milliseconds: .max), limit: 100_000)
            return seen
        }
        guard !seen.lines.isEmpty else { return }
        broken += node.book.add(seen.lines)
        for (assignment, legs) in seen.pages {
            broken += PageAudit.broken(assignment, legs, timers: seen.timers)
            broken += PageAudit.broken(assignment, legs, toldBy: node.book)
            if node.book.isResurrected(assignment) {
                broken.append("\(assignment.id) was final and is \(assignment.state)")
            }
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
