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

    /// Takes in the pages of a state file.
    ///
    /// - Parameter readsHistory: Whether the history is held against the pages, too.
    /// - Throws: `StoreError`.
    package mutating func read(_ store: some StoreQueries, readsHistory: Bool = true) throws {
        let roots = ids.filter(\.isRoot)
        for escalation in try store.escalations(of: nil, openOnly: true, limit: 100_000) {
            openEscalations[escalation.assignment, default: []].append(escalation)
        }
        let timers = try store.dueTimers(now: Instant(milliseconds: .max), limit: 100_000)
        for root in roots {
            var book = CommitBook()
            if readsHistory { brokenPages += book.add(try store.history(under: root, limit: 100_000)) }
            for assignment in try store.assignments(under: root) {
                if assignments.updateValue(assignment, forKey: assignment.id) != nil {
                    brokenPages.append("\(assignment.id) stands on two nodes")
                }
                let legs = try store.legs(of: assignment.id)
                brokenPages += Self.broken(assignment, legs, timers: timers)
                if readsHistory { brokenPages += Self.broken(assignment, legs, toldBy: book) }
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

    /// The history alone explains the page.
    static func broken(_ assignment: Assignment, _ legs: [Leg], toldBy book: CommitBook) -> [String] {
        let page = HistoryReplay(assignment, legs: legs)
        let told = book.replay(assignment.id)
        if page == told { return [] }
        return ["\(assignment.id) is \(page.description); its history tells \(told.description)"]
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
