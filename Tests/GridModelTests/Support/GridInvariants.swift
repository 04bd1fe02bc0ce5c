//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel

/// What must be true of a grid whatever its people do and however its mail travels; each check returns the sentences
/// that say what is not.
enum GridInvariants {
    /// What holds after every single message, for the pages it touched.
    static func brokenAfterStep(_ grid: MemoryGrid) -> [String] {
        var broken: [String] = []
        for id in grid.touched {
            guard let assignment = grid.assignments[id] else { continue }
            broken += brokenPage(assignment, grid)
        }
        if let id = grid.resurrected.first { broken.append("\(id) was final and changed its state") }
        return broken
    }

    /// What holds once all mail has arrived and nothing waits.
    static func brokenAtRest(_ grid: MemoryGrid) -> [String] {
        var broken: [String] = []
        for id in grid.ids {
            guard let assignment = grid.assignments[id] else {
                broken.append("\(id) never reached its holder")
                continue
            }
            broken += brokenPage(assignment, grid)
            broken += brokenLine(assignment, grid)
            broken += brokenEscalation(assignment, grid)
        }
        broken += brokenMail(grid)
        return broken
    }

    // MARK: One page

    private static func brokenPage(_ assignment: Assignment, _ grid: MemoryGrid) -> [String] {
        var broken: [String] = []
        let id = assignment.id
        var counts = LegCounts()
        for leg in grid.children[id] ?? [] {
            if let state = grid.legs[leg]?.state { counts[state] += 1 }
        }
        if counts != assignment.legs { broken.append("\(id) counts \(assignment.legs), its legs are \(counts)") }
        if assignment.waitingOn != assignment.holdingUp { broken.append("\(id) does not say who holds it up") }
        if assignment.state.isFinal {
            if !grid.timers(of: id).isEmpty { broken.append("\(id) is \(assignment.state) and has timers") }
            if assignment.waitingOn != nil { broken.append("\(id) is \(assignment.state) and waits for somebody") }
        } else if assignment.waitingOn == nil, assignment.legs.working == 0 {
            broken.append("\(id) is \(assignment.state) and waits for nobody")
        }
        if (assignment.state == .escalated) != (assignment.escalatedTo != nil) {
            broken.append(
                "\(id) is \(assignment.state), escalated to \(assignment.escalatedTo?.description ?? "nobody")"
            )
        }
        return broken + brokenHistory(assignment, grid)
    }

    private static func brokenHistory(_ assignment: Assignment, _ grid: MemoryGrid) -> [String] {
        var (issued, acknowledged, completed) = (0, 0, 0)
        for entry in grid.history[assignment.id] ?? [] {
            switch entry.event {
            case .issued: issued += 1
            case .acknowledged: acknowledged += 1
            case .completed: completed += 1
            default: break
            }
        }
        var broken: [String] = []
        if issued != (assignment.isTombstone ? 0 : 1) { broken.append("\(assignment.id) was issued \(issued) times") }
        if acknowledged != (assignment.acceptedAt == nil ? 0 : 1) {
            broken.append("\(assignment.id) was acknowledged \(acknowledged) times")
        }
        if completed != (assignment.state == .completed ? 1 : 0) {
            broken.append("\(assignment.id) is \(assignment.state) and was completed \(completed) times")
        }
        return broken
    }

    // MARK: Between pages

    /// A leg agrees with its holder's page, and nothing goes on below a final assignment.
    private static func brokenLine(_ assignment: Assignment, _ grid: MemoryGrid) -> [String] {
        guard let parent = assignment.id.parent else { return [] }
        guard let leg = grid.legs[assignment.id] else { return ["\(assignment.id) is no leg of \(parent)"] }
        var broken: [String] = []
        let settled = leg.state == .recalled && assignment.state == .returned
        if leg.state != assignment.state, !settled {
            broken.append("\(leg.id) is \(assignment.state), its issuer believes \(leg.state)")
        }
        if let above = grid.assignments[parent]?.state, above.isFinal, !assignment.state.isFinal {
            broken.append("\(leg.id) is \(assignment.state) below \(parent), which is \(above)")
        }
        return broken
    }

    /// An assignment is escalated exactly when one superior has an open escalation of it.
    private static func brokenEscalation(_ assignment: Assignment, _ grid: MemoryGrid) -> [String] {
        var open: [Escalation] = []
        var superior = grid.organization.superior(of: assignment.post)
        while let post = superior {
            let key = PageQuery.EscalationKey(assignment: assignment.id, superior: post)
            open += (grid.escalations[key] ?? []).filter { $0.state == .open }
            superior = grid.organization.superior(of: post)
        }
        if assignment.state == .escalated {
            let expected = [assignment.escalatedTo]
            if open.map(\.superior) != expected || open.first?.revision != assignment.revision {
                return ["\(assignment.id) waits for an answer that nobody is asked for"]
            }
        } else if let escalation = open.first {
            return ["\(escalation.superior) is asked about \(assignment.id), which is \(assignment.state)"]
        }
        return []
    }

    // MARK: Mail

    private static func brokenMail(_ grid: MemoryGrid) -> [String] {
        struct Key: Hashable {
            let source: PostAddress
            let id: MessageID
        }
        var broken: [String] = []
        var seen: Set<Key> = []
        for mail in grid.sent {
            if !seen.insert(Key(source: mail.source, id: mail.id)).inserted {
                broken.append("\(mail.source) sent two different mails as \(mail.id)")
            }
            if mail.id.text.utf8.count > MessageID.maximumLength { broken.append("\(mail.id) is too long") }
        }
        for burial in grid.dead {
            // A word of impatience that came a minute too early is the only mail that may be lost.
            if case .mail(let mail) = burial.message, mail.body.event == .urged { continue }
            broken.append("\(burial.message.id) was given up: \(burial.reason)")
        }
        return broken
    }
}
