//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The clock: urged at 80 % of the time, escalated when it is over, once each.
extension Decider {
    /// The share of a limit after which its light turns yellow and the holder is urged.
    private static let urgeShare = (numerator: Int64(4), denominator: Int64(5))

    /// Starts the timers of an assignment that has just been issued, also those whose time has passed on the way.
    mutating func startTimers(of assignment: Assignment) {
        for (kinds, deadline) in Self.limits(of: assignment) {
            // A leg issued after its deadline, to somebody who is to make good for another, is overdue from the
            // start; that is no news to escalate.
            guard let deadline, deadline > assignment.issuedAt else { continue }
            change(.set(assignment.id, kinds.urge, Self.urgePoint(from: assignment.issuedAt, to: deadline)))
            change(.set(assignment.id, kinds.expired, deadline))
        }
    }

    /// Sets the timers of an assignment that goes on after an answer or a rework, as far as they lie ahead.
    mutating func resumeTimers(of assignment: Assignment, from start: Instant) {
        guard let dueAt = assignment.dueAt, dueAt > now else { return }
        let urgeAt = Self.urgePoint(from: start, to: dueAt)
        if urgeAt > now { change(.set(assignment.id, .dueUrge, urgeAt)) }
        change(.set(assignment.id, .dueExpired, dueAt))
    }

    /// Sets the timers of a new deadline, also one that has passed while the news of it was on its way.
    mutating func restartTimers(of assignment: Assignment) {
        guard let dueAt = assignment.dueAt else { return }
        if dueAt > now { change(.set(assignment.id, .dueUrge, Self.urgePoint(from: now, to: dueAt))) }
        change(.set(assignment.id, .dueExpired, dueAt))
    }

    private static func limits(
        of assignment: Assignment
    ) -> [(kinds: (urge: TimerKind, expired: TimerKind), deadline: Instant?)] {
        [((.acceptUrge, .acceptExpired), assignment.acceptBy), ((.dueUrge, .dueExpired), assignment.dueAt)]
    }

    private static func urgePoint(from start: Instant, to end: Instant) -> Instant {
        let length = end.milliseconds - start.milliseconds
        return start.adding(milliseconds: length / urgeShare.denominator * urgeShare.numerator)
    }

    /// A timer fires.
    mutating func handle(_ firing: TimerFiring) {
        guard var assignment = page.assignment, let order = page.order else { return }
        let open: Bool
        let limit: SystemNote
        switch firing.kind {
        case .acceptUrge, .acceptExpired:
            open = assignment.state == .issued
            limit = .notAcknowledged(by: assignment.acceptBy)
        case .dueUrge, .dueExpired:
            open = assignment.state == .issued || assignment.state == .accepted
            limit = .notDone(by: assignment.dueAt)
        }
        guard open else { return }
        // A timer of a deadline that was moved meanwhile says nothing.
        if firing.kind == .acceptExpired, assignment.acceptBy != firing.at { return }
        if firing.kind == .dueExpired, assignment.dueAt != firing.at { return }
        let superior = organization.superior(of: assignment.post)
        switch (firing.kind, superior) {
        case (.acceptExpired, .some(let superior)), (.dueExpired, .some(let superior)):
            escalate(&assignment, order, to: superior, reason: limit.text, actor: nil)
            save(assignment)
        case (.acceptUrge, _), (.dueUrge, _):
            urgeHolder(of: assignment, .timeNearlyOver)
        case (.acceptExpired, nil), (.dueExpired, nil):
            // At the top there is nobody to escalate to; the holder is told all the same.
            urgeHolder(of: assignment, limit)
        }
    }

    private mutating func urgeHolder(of assignment: Assignment, _ note: SystemNote) {
        record(.urged, on: assignment.id, by: nil, note: note.text)
        let body = UrgedBody(by: assignment.issuer ?? assignment.post, byClock: true, note: note.text)
        send(.urged(body), about: assignment.id, from: assignment.post, to: assignment.post)
    }
}
