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
        let seen = try node.store.writeNow { store in
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
            checkPage(assignment, legs, timers: seen.timers)
            checkHistory(assignment, legs, of: node)
            if node.book.isResurrected(assignment) {
                broken.append("\(assignment.id) was final and is \(assignment.state)")
            }
        }
    }

    private func findOrders(on node: SimulatedNode) throws {
        mayHaveNewOrders = false
        let orders = try node.store.writeNow { try $0.orders(limit: 100, now: Self.morning) }
        for order in orders.reversed() {
            let root = AssignmentID(rootOf: order.order.id)
            if !roots.contains(root) { roots.append(root) }
        }
    }

    /// A page counts its own legs right, says who holds it up, and is left alone by the clock when it is final.
    func checkPage(_ assignment: Assignment, _ legs: [Leg], timers: [TimerFiring]) {
        let id = assignment.id
        var counts = LegCounts()
        for leg in legs { counts[leg.state] += 1 }
        if counts != assignment.legs { broken.append("\(id) counts \(assignment.legs), its legs are \(counts)") }
        if assignment.waitingOn != assignment.holdingUp { broken.append("\(id) does not say who holds it up") }
        if assignment.state.isFinal {
            if let timer = timers.first(where: { $0.assignment == id }) {
                broken.append("\(id) is \(assignment.state) and has the timer \(timer.kind)")
            }
        } else if assignment.waitingOn == nil, assignment.legs.working == 0 {
            broken.append("\(id) is \(assignment.state) and waits for nobody")
        }
        if (assignment.state == .escalated) != (assignment.escalatedTo != nil) {
            let superior = assignment.escalatedTo?.description ?? "nobody"
            broken.append("\(id) is \(assignment.state), escalated to \(superior)")
        }
    }

    /// The history alone explains the page.
    private func checkHistory(_ assignment: Assignment, _ legs: [Leg], of node: SimulatedNode) {
        let page = HistoryReplay(assignment, legs: legs)
        let told = node.book.replay(assignment.id)
        if page != told {
            broken.append("\(assignment.id) is \(page.description); its history tells \(told.description)")
        }
    }
}
