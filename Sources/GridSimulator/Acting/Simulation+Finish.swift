//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// Everything works again and everybody answers: the orders must come to their end.
extension Simulation {
    /// How many times everybody may have to be asked.
    private static let rounds = 60
    /// How many steps until everything is delivered and nothing waits.
    private static let patience = 20_000

    func finish() throws {
        say("everything works again")
        for node in nodes { start(processesOf: node) }
        while !people.intentions.isEmpty, broken.isEmpty { try carryOut() }
        try settle()
        for _ in 0..<Self.rounds where broken.isEmpty {
            guard try actWhereWaitedFor() else { break }
            try settle()
        }
        guard broken.isEmpty else { return }
        for root in roots {
            let state = try node(of: street.office).store.lookNow { try $0.assignment(root)?.state }
            if state != .completed, state != .recalled {
                broken.append("everybody worked, and \(root) is \(state?.rawValue ?? "not there")")
            }
        }
        try checkAtEnd()
    }

    /// Lets all mail be delivered and all that waits be given up, and looks at what there is then.
    private func settle() throws {
        let end = step + Self.patience
        var idle: Set<Int> = []
        while broken.isEmpty {
            guard step < end else { return broken.append("it does not come to rest") }
            var isAtRest = broker.count == 0
            for node in nodes {
                for process in node.processes {
                    step += 1
                    if !idle.contains(node.number) { process.outbox.setUnclaimedMark() }
                    // Whatever was to be late has come by now.
                    try work(process, of: node)
                    try relay(process, of: node)
                    try fireDue(process, of: node)
                    if !process.published.isEmpty || process.outbox.hasConfirmed { isAtRest = false }
                }
                // A process knows of what it writes; what others left is looked for where there is something left.
                if try isIdle(node) {
                    idle.insert(node.number)
                } else {
                    idle.remove(node.number)
                    isAtRest = false
                }
            }
            if isAtRest { return try checkAtRest() }
        }
    }

    /// Whether a state file has nothing to send and nothing that waits; where it has, time passes, so that leases run
    /// out and so does the patience.
    private func isIdle(_ node: SimulatedNode) throws -> Bool {
        let now = node.clock.now
        let (outbox, parked, next) = try node.store.lookNow { store in
            (try store.outboxStatus().count, try store.parkedCount(), try store.nextWakeUp() ?? now)
        }
        guard outbox == 0, parked == 0 else {
            // A clock that was set back keeps what waits waiting for as long.
            let isWaiting = outbox == 0 && broker.count == 0
            node.clock.move(by: isWaiting ? max(10_000, next.milliseconds - now.milliseconds) : 10_000)
            return false
        }
        return true
    }

    /// Whoever is waited for does what there is to do, which must be allowed.
    ///
    /// - Returns: Whether there was anything to do.
    private func actWhereWaitedFor() throws -> Bool {
        var hasActed = false
        for node in nodes {
            let ids = try node.store.lookNow { store in
                try roots.flatMap { try store.assignments(under: $0).map(\.id) }
            }
            for id in ids {
                guard let (about, actor, verb, body) = try nextAct(on: id, of: node) else { continue }
                step += 1
                hasActed = true
                let command = Command(id: people.nextID(), actor: actor, body: .act(verb, about, body))
                let outcome = try perform(command)?.outcome
                guard outcome == .applied else {
                    broken.append("\(actor) may not \(verb) \(about), which is the thing to do")
                    return true
                }
            }
        }
        return hasActed
    }

    private typealias Act = (about: AssignmentID, actor: PostAddress, verb: CommandVerb, body: ActionBody)

    /// What whoever holds an assignment up does about it.
    private func nextAct(on id: AssignmentID, of node: SimulatedNode) throws -> Act? {
        let found = try node.store.lookNow { store in
            try store.assignment(id).map { (assignment: $0, legs: try store.legs(of: id)) }
        }
        guard let (assignment, legs) = found else { return nil }
        switch assignment.state {
        case .completed, .returned, .recalled, .submitted: return nil
        case .issued: return (id, assignment.post, .acknowledge, ActionBody())
        case .escalated: return assignment.escalatedTo.map { (id, $0, .answer, ActionBody(answer: .carryOn)) }
        case .accepted:
            if let leg = legs.first(where: { $0.state == .submitted }) {
                return (leg.id, assignment.post, .signOff, ActionBody())
            }
            if let leg = legs.first(where: { $0.state == .returned }) {
                let again = random.happens(500)
                return (
                    leg.id, assignment.post, again ? .reassign : .recall,
                    ActionBody(note: "because", post: again ? leg.post : nil)
                )
            }
            return assignment.legs.open == 0 ? (id, assignment.post, .complete, ActionBody()) : nil
        }
    }
}
