//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel

/// What a test says to a grid, in the words of the office.
extension MemoryGrid {
    /// Issues an order and returns its root; nothing is delivered yet.
    mutating func issue(_ draft: OrderDraft, by issuer: PostAddress = SampleGrid.street) -> AssignmentID {
        let decision = command(.issue(draft), by: issuer)
        guard let root = decision.assignment else { preconditionFailure("not issued: \(decision.outcome)") }
        return root.id
    }

    /// Hands in a command about an assignment; a note is added where the verb needs one.
    @discardableResult
    mutating func act(
        _ verb: CommandVerb,
        _ id: AssignmentID,
        by actor: PostAddress,
        note: String? = "because",
        answer: AnswerKind? = nil,
        dueAt: Instant? = nil,
        post: PostAddress? = nil
    ) -> Decision {
        command(.act(verb, id, ActionBody(note: note, answer: answer, dueAt: dueAt, post: post)), by: actor)
    }

    /// Delivers all mail, and what it causes, in the order it was sent.
    mutating func deliverAll() {
        while !mail.isEmpty { deliver(at: 0) }
    }

    /// Delivers the oldest mail of a kind, about a leg and to a post where they matter.
    ///
    /// - Returns: The decision, or nil when there is no such mail.
    @discardableResult
    mutating func deliver(_ event: MailEvent, about id: AssignmentID? = nil, to post: PostAddress? = nil) -> Decision? {
        let index = mail.firstIndex {
            $0.body.event == event && (id == nil || $0.assignment == id) && (post == nil || $0.target == post)
        }
        return index.map { deliver(at: $0) }
    }

    /// Takes mail of a kind off the bag, as if it had never been sent.
    mutating func lose(_ event: MailEvent) {
        mail.removeAll { $0.body.event == event }
    }

    /// Lets hours pass.
    mutating func pass(hours: Int64) {
        advance(to: now.adding(milliseconds: hours * SampleGrid.hour))
    }

    /// The state of an assignment on its holder's page.
    func state(_ id: AssignmentID) -> AssignmentState? {
        assignments[id]?.state
    }

    /// The events in an assignment's history.
    func events(_ id: AssignmentID) -> [HistoryEntry.Event] {
        (history[id] ?? []).map(\.event)
    }

    /// The escalation of an assignment that is newest on a superior's page.
    func escalation(of id: AssignmentID, at superior: PostAddress) -> Escalation? {
        escalations[PageQuery.EscalationKey(assignment: id, superior: superior)]?.last
    }

    /// The timers an assignment has.
    func timers(of id: AssignmentID) -> [TimerKind: Instant] {
        var found: [TimerKind: Instant] = [:]
        for (key, instant) in timers where key.assignment == id { found[key.kind] = instant }
        return found
    }
}

extension Decision {
    /// The mail of a decision as `event>target`, the target by the names a test gives posts.
    func mail(naming names: [PostAddress: String]) -> [String] {
        outgoing.map { "\($0.body.event.rawValue)>\(names[$0.target] ?? $0.target.description)" }
    }

    /// The reason of a refusal, nil when the command was not refused.
    var refusal: Refusal? {
        if case .refused(let refusal) = outcome { refusal } else { nil }
    }
}
