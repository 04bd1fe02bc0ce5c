//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The escalation chain: liaison, group leader, cell leader, community office, street.
extension Decider {
    /// Escalate 上报, by the holder.
    mutating func escalate(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (var assignment, let order)? = held(id, command) else { return }
        guard assignment.state == .issued || assignment.state == .accepted else {
            return refuseState(assignment, command)
        }
        guard let superior = organization.superior(of: assignment.post) else {
            return refuse(.noSuperior, "\(assignment.post) has nobody above it to escalate to", command)
        }
        escalate(&assignment, order, to: superior, reason: body.note ?? "", actor: command.actor)
        save(assignment)
    }

    /// Escalates an assignment to `superior`, with a copy to the issuer where that is another post.
    ///
    /// - Parameter actor: The holder, or nil when the clock does it.
    mutating func escalate(
        _ assignment: inout Assignment,
        _ order: WorkOrder,
        to superior: PostAddress,
        reason: String,
        actor: PostAddress?
    ) {
        assignment.state = .escalated
        assignment.revision += 1
        assignment.escalatedTo = superior
        assignment.rung = 1
        record(.escalated, on: assignment.id, by: actor, note: reason)
        // The superior's answer sets the timers anew; until then nothing is the holder's to do in time.
        change(.cancelAll(assignment.id))
        let body = EscalatedBody(
            holder: assignment.post,
            superior: superior,
            rung: 1,
            revision: assignment.revision,
            title: order.title,
            reason: reason,
            byClock: actor == nil,
            dueAt: assignment.dueAt
        )
        send(.escalated(body), about: assignment.id, from: assignment.post, to: superior)
        if let issuer = assignment.issuer, issuer != superior {
            send(.escalated(body), about: assignment.id, from: assignment.post, to: issuer)
        }
    }

    /// An escalation arrives: at the superior to be answered, at the issuer to be known; both may be the same post.
    mutating func receiveEscalated(_ id: AssignmentID, _ body: EscalatedBody, _ mail: Mail) {
        let report = ReportBody(state: .escalated, revision: body.revision, note: body.reason)
        guard body.superior == mail.target else {
            guard let parent = page.parent, let leg = page.leg else { return wait(for: id.parent ?? id) }
            guard parent.post == mail.target, leg.post == mail.source else {
                return ignore("an escalation of \(id) by a post that does not hold it", on: parent.id, by: mail.source)
            }
            return takeOver(report, .legEscalated, leg, parent, mail)
        }
        if let known = page.escalation,
            known.revision > body.revision
                || (known.revision == body.revision && (known.rung >= body.rung || known.state == .withdrawn))
        {
            return ignore("escalated twice, or after it was withdrawn", on: id, by: mail.source)
        }
        record(.escalationOpened, on: id, by: mail.source, note: body.reason)
        save(
            Escalation(
                assignment: id,
                holder: body.holder,
                superior: mail.target,
                rung: body.rung,
                revision: body.revision,
                title: body.title,
                reason: body.reason,
                byClock: body.byClock,
                dueAt: body.dueAt,
                openedAt: now
            )
        )
        // A later report of the leg may have come first; the escalation is open all the same.
        if let parent = page.parent, parent.post == mail.target, let leg = page.leg, leg.post == mail.source,
            body.revision > leg.revision, !leg.state.isFinal
        {
            takeOver(report, .legEscalated, leg, parent, mail)
        }
    }

    /// Answer 批示: carry on, take over, or pass one rung up.
    mutating func answer(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard var escalation = page.escalation else { return answerTooEarly(id, command) }
        guard escalation.state == .open else {
            return refuse(.wrongState, "the escalation of \(id) is \(escalation.state.rawValue) already", command)
        }
        guard let kind = body.answer else { return refuse(.invalid, "answer needs an answer", command) }
        if let dueAt = body.dueAt, dueAt <= now {
            return refuse(.invalid, "the new deadline \(dueAt) is in the past", command)
        }
        var answered = AnsweredBody(
            answer: kind,
            rung: escalation.rung,
            revision: escalation.revision,
            dueAt: body.dueAt,
            note: body.note
        )
        if kind == .passUp {
            guard let next = organization.superior(of: command.actor) else {
                return refuse(.noSuperior, "\(command.actor) has nobody above it; carry on or take over", command)
            }
            answered.superior = next
            passUp(escalation, to: next, note: body.note, by: command.actor)
        }
        escalation.state = kind == .passUp ? .passedUp : .answered
        escalation.settledAt = now
        escalation.answer = answered
        save(escalation)
        record(.escalationSettled, on: id, by: command.actor, note: body.note)
        send(.escalationAnswered(answered), about: id, from: command.actor, to: escalation.holder)
    }

    /// An answer where no escalation is known: it may be quicker than the escalation's own mail, or have no ground.
    private mutating func answerTooEarly(_ id: AssignmentID, _ command: Command) {
        guard let assignment = page.assignment else { return wait(for: id) }
        guard organization.isSuperior(command.actor, of: assignment.post) else {
            return refuse(
                .notYours,
                "\(command.actor) does not stand above \(assignment.post), who holds \(id)",
                command
            )
        }
        guard assignment.state == .escalated else { return refuseState(assignment, command) }
        wait(for: id)
    }

    private mutating func passUp(_ escalation: Escalation, to next: PostAddress, note: String?, by actor: PostAddress) {
        let reason = note.map { EscalatedPair.joined(escalation.reason, " | \(actor): \($0)") } ?? escalation.reason
        let body = EscalatedBody(
            holder: escalation.holder,
            superior: next,
            rung: escalation.rung + 1,
            revision: escalation.revision,
            title: escalation.title,
            reason: reason,
            byClock: escalation.byClock,
            dueAt: escalation.dueAt
        )
        send(.escalated(body), about: escalation.assignment, from: actor, to: next)
    }

    /// The superior's answer reaches the holder.
    mutating func receiveAnswer(_ id: AssignmentID, _ body: AnsweredBody, _ mail: Mail) {
        guard var assignment = page.assignment else { return wait(for: id) }
        guard let order = page.order, !assignment.state.isFinal else {
            return ignore("answered when it was \(assignment.state.rawValue)", on: id, by: mail.source)
        }
        // An escalation is named by the holder's revision, which stands still until it is over; the rung tells the
        // answers of one escalation apart, since a higher one's can overtake the news that it was passed up.
        guard assignment.state == .escalated, body.revision == assignment.revision, body.rung >= assignment.rung else {
            return ignore("an answer to an escalation that is over", on: id, by: mail.source)
        }
        switch body.answer {
        case .carryOn: carryOn(&assignment, order, body, mail)
        case .takeOver:
            record(.escalationAnswered, on: id, by: mail.source, note: body.note)
            // Whoever answered has settled the escalation.
            assignment.escalatedTo = nil
            withdraw(&assignment, by: mail.source, note: body.note)
            report(assignment, body.note) { .takenOver($0) }
        case .passUp:
            assignment.escalatedTo = body.superior
            assignment.rung = body.rung + 1
            record(.passedUp, on: id, by: mail.source, note: body.note)
        }
        save(assignment)
    }

    private mutating func carryOn(
        _ assignment: inout Assignment,
        _ order: WorkOrder,
        _ body: AnsweredBody,
        _ mail: Mail
    ) {
        assignment.state = .accepted
        assignment.revision += 1
        assignment.escalatedTo = nil
        record(.escalationAnswered, on: assignment.id, by: mail.source, note: body.note)
        let first = assignment.acceptedAt == nil
        if first {
            assignment.acceptedAt = now
            record(.acknowledged, on: assignment.id, by: assignment.post)
        }
        if let dueAt = body.dueAt {
            assignment.dueAt = dueAt
            restartTimers(of: assignment)
        } else {
            resumeTimers(of: assignment, from: assignment.issuedAt)
        }
        report(assignment, body.note) { .resumed($0) }
        if first, order.cascade.mode == .onAcceptance, assignment.legs.total == 0 { cascade(&assignment, order) }
        rollUp(&assignment, order)
    }

    /// The escalation needs no answer any more.
    ///
    /// The withdrawal may overtake the escalation, which is then not opened; and it may find that this post passed it
    /// up before the holder heard of that, and goes the same way.
    mutating func receiveWithdrawal(_ id: AssignmentID, _ body: ReplyBody, _ mail: Mail) {
        let known = page.escalation.flatMap { $0.revision == body.revision ? $0 : nil }
        if let known, known.state == .passedUp, let next = organization.superior(of: mail.target) {
            return send(.escalationWithdrawn(body), about: id, from: mail.target, to: next)
        }
        let isOld = page.escalation.map { $0.revision > body.revision } ?? false
        guard known.map({ $0.state == .open }) ?? !isOld else {
            return ignore("withdrawn when it was settled", on: id, by: mail.source)
        }
        var escalation =
            known
            ?? Escalation(
                assignment: id,
                holder: mail.source,
                superior: mail.target,
                rung: 1,
                revision: body.revision,
                title: "",
                reason: body.note ?? "",
                byClock: false,
                dueAt: nil,
                openedAt: now
            )
        escalation.state = .withdrawn
        escalation.settledAt = now
        save(escalation)
        record(.escalationSettled, on: id, by: mail.source, note: body.note)
    }
}
