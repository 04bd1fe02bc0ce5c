//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Message {
    /// The rows `decide` needs to handle this message.
    package func pageQuery(at now: Instant) -> PageQuery {
        var query = PageQuery()
        switch self {
        case .mail(let mail): mail.fill(&query)
        case .command(let command): command.fill(&query, at: now)
        case .timer(let firing): query.assignment = firing.assignment
        }
        return query
    }
}

extension Mail {
    fileprivate func fill(_ query: inout PageQuery) {
        guard let assignment else { return }
        switch body {
        case .issued, .signedOff, .reworkRequested:
            query.assignment = assignment
        case .recalled, .escalationAnswered:
            query.assignment = assignment
            query.openLegs = true
        case .urged:
            query.assignment = assignment
            query.openLegs = true
            query.leg = assignment.isRoot ? nil : assignment
            query.escalation = .init(assignment: assignment, superior: target)
        case .acknowledged, .progressed, .submitted, .completed, .returned, .resumed, .takenOver:
            query.leg = assignment
        case .escalated:
            query.leg = assignment
            query.escalation = .init(assignment: assignment, superior: target)
        case .escalationWithdrawn:
            query.escalation = .init(assignment: assignment, superior: target)
        case .offered, .refused:
            break
        }
    }
}

extension Command {
    fileprivate func fill(_ query: inout PageQuery, at now: Instant) {
        switch body {
        case .issue:
            let day = CalendarDay(of: now, offsetMinutes: CalendarDay.chinaOffsetMinutes)
            query.numbersOfDay = .init(issuer: actor, day: day)
        case .act(let verb, let assignment, _):
            switch verb {
            case .issue: break
            case .acknowledge, .progress, .escalate:
                query.assignment = assignment
            case .complete, .return:
                query.assignment = assignment
                query.openLegs = true
            case .answer:
                query.assignment = assignment
                query.escalation = .init(assignment: assignment, superior: actor)
            case .signOff, .rework, .reassign:
                query.leg = assignment
            case .recall:
                if assignment.isRoot {
                    query.assignment = assignment
                    query.openLegs = true
                } else {
                    query.leg = assignment
                }
            case .urge:
                query.assignment = assignment
                query.openLegs = true
                query.leg = assignment.isRoot ? nil : assignment
            }
        }
    }
}
