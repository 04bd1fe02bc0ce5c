//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// What must hold when everything has been delivered and nothing waits.
extension Simulation {
    /// All pages of all nodes.
    private struct Pages {
        var ids: [AssignmentID] = []
        var assignments: [AssignmentID: Assignment] = [:]
        var legs: [AssignmentID: Leg] = [:]
        var openEscalations: [AssignmentID: [Escalation]] = [:]
    }

    /// Issuers and holders agree, nothing goes on below what is final, and whoever is waited for knows it.
    func checkAtRest() throws {
        let pages = try readPages()
        for id in pages.ids {
            guard let assignment = pages.assignments[id] else {
                broken.append("\(id) never reached its holder")
                continue
            }
            checkLine(assignment, pages)
            checkEscalation(assignment, pages.openEscalations[id] ?? [])
        }
        for dead in broker.dead where dead.type != MailEvent.urged.type {
            broken.append("\(dead.messageID) is dead: \(dead.headers["gridwork-dead-problem"] ?? dead.type)")
        }
        for message in broker.unrouted { broken.append("\(message.messageID) has no mailbox") }
    }

    /// What is over has left nothing behind, and everything that was promised was kept.
    func checkAtEnd() throws {
        for node in nodes {
            try node.store.writeNow { store in
                let outbox = try store.outboxStatus().count
                let (parked, timers) = (try store.parkedCount(), try store.timersPending())
                if (outbox, parked, timers) != (0, 0, 0) {
                    broken.append("node \(node.number) keeps \(outbox) to send, \(parked) parked, \(timers) timers")
                }
                var lines: [HistoryLine] = []
                for root in roots { lines += try store.history(under: root, limit: 100_000) }
                if lines.sorted(by: { $0.n < $1.n }) != node.book.lines {
                    broken.append("node \(node.number) has lost or changed what it had written")
                }
                broken += try store.integrityFindings().map { "node \(node.number): \($0)" }
            }
            try checkPromises(of: node)
        }
        if broker.count > 0 { broken.append("\(broker.count) messages are still with the broker") }
    }

    /// Every message of which somebody was told that it is safe has been handled, or lies among the dead.
    private func checkPromises(of node: SimulatedNode) throws {
        struct Undone: Error {}
        var lost: [String] = []
        let dead = Set(broker.dead.map(\.messageID))
        do {
            // Asking the inbox is admitting to it; the transaction is given up afterwards.
            try node.store.writeNow { store in
                for (promise, what) in ledger.promises where promise.node == node.number {
                    let isNew = try store.admit(promise.id, source: promise.source, at: Self.morning)
                    if isNew, !dead.contains(promise.id.text) { lost.append("\(promise.id) was \(what) and is lost") }
                }
                throw Undone()
            }
        } catch is Undone {
            broken += lost
        }
    }

    private func readPages() throws -> Pages {
        var pages = Pages()
        for node in nodes {
            try node.store.writeNow { store in
                for escalation in try store.escalations(of: nil, openOnly: true, limit: 100_000) {
                    pages.openEscalations[escalation.assignment, default: []].append(escalation)
                }
                let timers = try store.dueTimers(now: Instant(milliseconds: .max), limit: 100_000)
                for root in roots {
                    if node === self.node(of: street.office), !pages.ids.contains(root) { pages.ids.append(root) }
                    for assignment in try store.assignments(under: root) {
                        if pages.assignments.updateValue(assignment, forKey: assignment.id) != nil {
                            broken.append("\(assignment.id) stands on two nodes")
                        }
                        let legs = try store.legs(of: assignment.id)
                        checkPage(assignment, legs, timers: timers)
                        for leg in legs {
                            pages.legs[leg.id] = leg
                            pages.ids.append(leg.id)
                        }
                    }
                }
            }
        }
        return pages
    }

    /// A leg agrees with its holder's page, and nothing goes on below a final assignment.
    private func checkLine(_ assignment: Assignment, _ pages: Pages) {
        guard let parent = assignment.id.parent else { return }
        guard let leg = pages.legs[assignment.id] else {
            return broken.append("\(assignment.id) is no leg of \(parent)")
        }
        let settled = leg.state == .recalled && assignment.state == .returned
        if leg.state != assignment.state, !settled {
            broken.append("\(leg.id) is \(assignment.state), its issuer believes \(leg.state)")
        }
        if let above = pages.assignments[parent]?.state, above.isFinal, !assignment.state.isFinal {
            broken.append("\(leg.id) is \(assignment.state) below \(parent), which is \(above)")
        }
    }

    /// An assignment is escalated exactly when one superior has an open escalation of it.
    private func checkEscalation(_ assignment: Assignment, _ open: [Escalation]) {
        if assignment.state == .escalated {
            if open.map(\.superior) != [assignment.escalatedTo] || open.first?.revision != assignment.revision {
                broken.append("\(assignment.id) waits for an answer that nobody is asked for")
            }
        } else if let escalation = open.first {
            broken.append("\(escalation.superior) is asked about \(assignment.id), which is \(assignment.state)")
        }
    }
}
