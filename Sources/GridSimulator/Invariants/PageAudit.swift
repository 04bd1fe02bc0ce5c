//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// Looks through the pages of one state file or of several that belong together, once nothing is on its way, and says in
/// sentences what is wrong with them, whatever happened before.
package struct PageAudit {
    /// What is wrong with the pages read so far, each by itself.
    private var brokenPages: [String] = []
    private var ids: [AssignmentID]
    private var assignments: [AssignmentID: Assignment] = [:]
    private var legs: [AssignmentID: Leg] = [:]
    private var openEscalations: [AssignmentID: [Escalation]] = [:]

    /// Creates an audit of the orders with these roots.
    package init(of roots: [AssignmentID]) {
        ids = roots
    }

    /// Takes in the pages of a state file, and holds them against its history.
    ///
    /// - Parameter organization: Who is above whom, if that was the same all the time.
    /// - Throws: `StoreError`.
    package mutating func read(_ store: some StoreQueries, in organization: Organization? = nil) throws {
        var book = CommitBook()
        for root in ids where root.isRoot { brokenPages += book.add(try store.history(under: root, limit: 100_000)) }
        try read(store, toldBy: book, in: organization)
    }

    /// Takes in the pages of a state file, and holds them against what was seen of its history.
    mutating func read(_ store: some StoreQueries, toldBy book: CommitBook, in organization: Organization?) throws {
        let roots = ids.filter(\.isRoot)
        for escalation in try store.escalations(of: nil, openOnly: true, limit: 100_000) {
            openEscalations[escalation.assignment, default: []].append(escalation)
        }
        let timers = try store.dueTimers(now: Instant(milliseconds: .max), limit: 100_000)
        for root in roots {
            let order = try store.order(root.order)
            for assignment in try store.assignments(under: root) {
                if assignments.updateValue(assignment, forKey: assignment.id) != nil {
                    brokenPages.append("\(assignment.id) stands on two nodes")
                }
                let legs = try store.legs(of: assignment.id)
                brokenPages += Self.broken(assignment, legs, timers: timers)
                brokenPages += Self.broken(assignment, legs, of: order, toldBy: book, in: organization)
                for leg in legs {
                    self.legs[leg.id] = leg
                    ids.append(leg.id)
                }
            }
        }
    }

    /// Everything that is wrong: with a page by itself, or because issuers and holders disagree, work goes on below what is
    /// final, or somebody waits for one who does not know it.
    package func broken() -> [String] {
        brokenPages
            + ids.flatMap { id in
                guard let assignment = assignments[id] else { return ["\(id) never reached its holder"] }
                return brokenLine(assignment) + brokenEscalation(assignment, openEscalations[id] ?? [])
            }
    }

    // MARK: One page

    /// A page counts its own legs right, says who holds it up, and is left alone by the clock when it is final.
    static func broken(_ assignment: Assignment, _ legs: [Leg], timers: [TimerFiring]) -> [String] {
        var broken: [String] = []
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
        return broken
    }

    /// The history alone explains the page; with the order it explains the limits, and with the organization who is
    /// asked.
    static func broken(
        _ assignment: Assignment,
        _ legs: [Leg],
        of order: WorkOrder?,
        toldBy book: CommitBook,
        in organization: Organization?
    ) -> [String] {
        let id = assignment.id
        let told = book.replay(id)
        let page = HistoryReplay(assignment, legs: legs, as: told)
        var broken: [String] = []
        if page != told { broken.append("\(id) is \(page.description); its history tells \(told.description)") }
        if let organization {
            let superior = told.superior(of: assignment.post, in: organization)
            if assignment.escalatedTo != superior {
                let (asked, right) = (assignment.escalatedTo?.description, superior?.description)
                broken.append("\(id) asks \(asked ?? "nobody"); its history tells \(right ?? "nobody")")
            }
        }
        // A recall that came before the issue brought no order.
        guard let order, !assignment.isTombstone else { return broken }
        if assignment.acceptBy != order.acceptBy(ofLegIssuedAt: assignment.issuedAt) {
            broken.append("\(id) has another limit for its acknowledgement than its order gives it")
        }
        if assignment.dueAt != order.dueAt, !told.isAnswered {
            broken.append("\(id) has another deadline than its order, and nobody has moved it")
        }
        return broken
    }

    // MARK: Between pages

    /// A leg agrees with its holder's page, and nothing goes on below a final assignment.
    private func brokenLine(_ assignment: Assignment) -> [String] {
        guard let parent = assignment.id.parent else { return [] }
        guard let leg = legs[assignment.id] else { return ["\(assignment.id) is no leg of \(parent)"] }
        var broken: [String] = []
        let settled = leg.state == .recalled && assignment.state == .returned
        if leg.state != assignment.state, !settled {
            broken.append("\(leg.id) is \(assignment.state), its issuer believes \(leg.state)")
        }
        if let above = assignments[parent]?.state, above.isFinal, !assignment.state.isFinal {
            broken.append("\(leg.id) is \(assignment.state) below \(parent), which is \(above)")
        }
        return broken
    }

    /// An assignment is escalated exactly when one superior has an open escalation of it.
    private func brokenEscalation(_ assignment: Assignment, _ open: [Escalation]) -> [String] {
        if assignment.state == .escalated {
            guard open.map(\.superior) != [assignment.escalatedTo] || open.first?.revision != assignment.revision else {
                return []
            }
            return ["\(assignment.id) waits for an answer that nobody is asked for"]
        }
        return open.prefix(1).map { "\($0.superior) is asked about \(assignment.id), which is \(assignment.state)" }
    }
}
