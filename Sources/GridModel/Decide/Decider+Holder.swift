//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a holder may do with its assignment.
extension Decider {
    /// Acknowledge 签收.
    mutating func acknowledge(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (var assignment, let order)? = held(id, command) else { return }
        guard assignment.state == .issued else { return refuseState(assignment, command) }
        assignment.state = .accepted
        assignment.revision += 1
        assignment.acceptedAt = now
        record(.acknowledged, on: id, by: command.actor, note: body.note)
        if assignment.acceptBy != nil {
            change(.cancel(id, .acceptUrge))
            change(.cancel(id, .acceptExpired))
        }
        report(assignment, body.note) { .acknowledged($0) }
        if order.cascade.mode == .onAcceptance, assignment.legs.total == 0 { cascade(&assignment, order) }
        save(assignment)
    }

    /// Report progress 反馈.
    mutating func progress(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (let assignment, _)? = held(id, command) else { return }
        guard assignment.state == .accepted || assignment.state == .escalated else {
            return refuseState(assignment, command)
        }
        record(.progressed, on: id, by: command.actor, note: body.note)
        report(assignment, body.note) { .progressed($0) }
        save(assignment)
    }

    /// Complete 办结, by the holder.
    mutating func complete(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (var assignment, let order)? = held(id, command) else { return }
        guard assignment.state == .issued || assignment.state == .accepted else {
            return refuseState(assignment, command)
        }
        guard assignment.legs.working == 0 else {
            return refuse(
                .legsOpen,
                "\(assignment.legs.working) legs below are still open; wait for them or recall them, then complete",
                command
            )
        }
        settleReturnedLegs(of: &assignment, by: command.actor)
        finish(&assignment, order, by: command.actor, note: body.note)
        save(assignment)
    }

    /// Return 退回: the issuer gets it back and settles it.
    mutating func giveBack(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (var assignment, _)? = held(id, command) else { return }
        guard assignment.state == .issued || assignment.state == .accepted else {
            return refuseState(assignment, command)
        }
        guard assignment.issuer != nil else {
            return refuse(.invalid, "\(id) is the work order itself; recall it instead of returning it", command)
        }
        assignment.state = .returned
        assignment.revision += 1
        record(.returned, on: id, by: command.actor, note: body.note)
        change(.cancelAll(id))
        report(assignment, body.note) { .returned($0) }
        recallOpenLegs(of: &assignment, note: body.note)
        save(assignment)
    }

    // MARK: Shared with the roll-up and the clock

    /// The assignment and its order, if `command` comes from its holder; refuses or keeps the command otherwise.
    mutating func held(_ id: AssignmentID, _ command: Command) -> (Assignment, WorkOrder)? {
        guard let assignment = page.assignment else {
            wait(for: id)
            return nil
        }
        guard assignment.post == command.actor else {
            refuse(.notYours, "\(id) is not held by \(command.actor)", command)
            return nil
        }
        guard let order = page.order, !assignment.isTombstone else {
            refuseState(assignment, command)
            return nil
        }
        return (assignment, order)
    }

    mutating func refuseState(_ assignment: Assignment, _ command: Command) {
        let verb = command.body.verb.rawValue
        if assignment.state.isFinal {
            let text = "\(assignment.id) is \(assignment.state.rawValue); nothing changes it any more"
            return refuse(.alreadyFinal, text, command)
        }
        let advice =
            switch (command.body.verb, assignment.state) {
            case (.acknowledge, .accepted): "it is acknowledged already"
            case (.progress, .issued): "acknowledge it first"
            case (_, .submitted): "it waits for \(assignment.issuer?.description ?? "its issuer") to sign it off"
            case (_, .escalated): "it waits for the answer of \(assignment.escalatedTo?.description ?? "its superior")"
            default: "its state does not allow it"
            }
        refuse(
            .wrongState,
            "cannot \(verb) \(assignment.id) while it is \(assignment.state.rawValue): \(advice)",
            command
        )
    }

    /// Reports to the issuer, if there is one.
    mutating func report(_ assignment: Assignment, _ note: String?, _ kind: (ReportBody) -> MailBody) {
        guard let issuer = assignment.issuer else { return }
        let body = ReportBody(state: assignment.state, revision: assignment.revision, note: note)
        send(kind(body), about: assignment.id, from: assignment.post, to: issuer)
    }

    /// Completes an assignment, or submits it where the order asks for the issuer's sign-off.
    ///
    /// A completion before the acknowledgement implies it.
    mutating func finish(_ assignment: inout Assignment, _ order: WorkOrder, by actor: PostAddress?, note: String?) {
        if assignment.acceptedAt == nil {
            assignment.acceptedAt = now
            record(.acknowledged, on: assignment.id, by: actor)
        }
        assignment.revision += 1
        change(.cancelAll(assignment.id))
        if assignment.issuer != nil, order.signOff.contains(assignment.post.role) {
            assignment.state = .submitted
            record(.submitted, on: assignment.id, by: actor, note: note)
            report(assignment, note) { .submitted($0) }
        } else {
            assignment.state = .completed
            assignment.completedAt = now
            record(.completed, on: assignment.id, by: actor, note: note)
            report(assignment, note) { .completed($0) }
        }
    }

    /// Completes or offers an assignment whose legs are all in, at least one of them completed.
    ///
    /// A leg given back keeps it waiting: somebody still has to do that work, reassign it or recall it. After a rework
    /// the roll-up is the holder's, since the legs alone were not good enough.
    mutating func rollUp(_ assignment: inout Assignment, _ order: WorkOrder) {
        guard assignment.state == .issued || assignment.state == .accepted, assignment.legs.open == 0,
            assignment.legs.completed > 0
        else { return }
        if order.rollUp == .automatic, assignment.rework == 0 {
            finish(&assignment, order, by: nil, note: nil)
        } else {
            record(.offered, on: assignment.id, by: nil)
            send(.offered(NoteBody()), about: assignment.id, from: assignment.post, to: assignment.post)
        }
    }

    /// Recalls every open leg, all the way down.
    mutating func recallOpenLegs(of assignment: inout Assignment, note: String?) {
        for var leg in page.openLegs {
            if leg.state != .returned {
                send(.recalled(NoteBody(note: note)), about: leg.id, from: assignment.post, to: leg.post)
            }
            move(&leg, to: .recalled, in: &assignment)
            record(.legRecalled, on: assignment.id, by: assignment.post, leg: leg.id)
        }
    }

    /// Settles the legs given back: the holder did their work itself.
    private mutating func settleReturnedLegs(of assignment: inout Assignment, by actor: PostAddress) {
        for var leg in page.openLegs where leg.state == .returned {
            move(&leg, to: .recalled, in: &assignment)
            record(
                .legRecalled,
                on: assignment.id,
                by: actor,
                leg: leg.id,
                note: SystemNote.settledByHolder.text
            )
        }
    }

    /// Moves a leg to a state and keeps its parent's counts in step.
    mutating func move(_ leg: inout Leg, to state: AssignmentState, in parent: inout Assignment) {
        parent.legs[leg.state] -= 1
        parent.legs[state] += 1
        leg.state = state
        save(leg)
    }
}
