//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What an issuer may do with the legs it issued.
extension Decider {
    /// Sign off 核查通过.
    mutating func signOff(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (var parent, var leg, let order)? = issued(id, command) else { return }
        guard leg.state == .submitted else { return awaitReport(leg, command) }
        move(&leg, to: .completed, in: &parent)
        record(.legCompleted, on: parent.id, by: command.actor, leg: id, note: body.note)
        send(
            .signedOff(ReplyBody(revision: leg.revision, note: body.note)),
            about: id,
            from: command.actor,
            to: leg.post
        )
        rollUp(&parent, order)
        save(parent)
    }

    /// Send back for rework 返工.
    mutating func requestRework(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (var parent, var leg, _)? = issued(id, command) else { return }
        guard leg.state == .submitted else { return awaitReport(leg, command) }
        move(&leg, to: .accepted, in: &parent)
        record(.legResumed, on: parent.id, by: command.actor, leg: id, note: body.note)
        send(
            .reworkRequested(ReplyBody(revision: leg.revision, note: body.note)),
            about: id,
            from: command.actor,
            to: leg.post
        )
        save(parent)
    }

    /// Recall 撤回: a leg, or the whole work order.
    mutating func recall(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        if id.isRoot {
            guard case (var root, _)? = held(id, command) else { return }
            guard !root.state.isFinal else { return refuseState(root, command) }
            withdraw(&root, by: command.actor, note: body.note)
            return save(root)
        }
        guard case (var parent, var leg, let order)? = issued(id, command) else { return }
        guard !leg.state.isFinal || leg.state == .returned else { return refuseLegState(leg, command) }
        takeBack(&leg, in: &parent, by: command.actor, note: body.note)
        rollUp(&parent, order)
        save(parent)
    }

    /// Reassign 改派: recalled here, issued there.
    mutating func reassign(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        guard case (var parent, var leg, let order)? = issued(id, command), let post = body.post else { return }
        guard [.issued, .accepted, .escalated, .returned].contains(leg.state) else {
            return refuseLegState(leg, command)
        }
        guard organization.unit(of: post) != nil else {
            return refuse(.invalid, "there is no post \(post)", command)
        }
        guard post.role == leg.post.role, parent.area.contains(post.code) else {
            return refuse(
                .invalid,
                "\(post) cannot take it: name a \(leg.post.role) inside \(parent.area)",
                command
            )
        }
        guard post != leg.post || leg.state == .returned else {
            return refuse(.invalid, "\(post) holds it already", command)
        }
        takeBack(&leg, in: &parent, by: command.actor, note: body.note)
        issueLegs(of: &parent, order, to: [(post, leg.area)])
        save(parent)
    }

    /// Urge 催办: by the holder those below, by the issuer the leg's holder, by a superior anyone beneath.
    mutating func urge(_ id: AssignmentID, _ body: ActionBody, _ command: Command) {
        let urged = UrgedBody(by: command.actor, byClock: false, note: body.note)
        if let assignment = page.assignment, assignment.post == command.actor {
            guard !assignment.state.isFinal else { return refuseState(assignment, command) }
            passOn(urged, about: assignment)
            guard !decision.outgoing.isEmpty else {
                return refuse(.invalid, "nobody but \(command.actor) holds \(id) up", command)
            }
            return record(.urged, on: id, by: command.actor, note: body.note)
        }
        if let leg = page.leg, let parent = page.parent, parent.post == command.actor {
            guard !leg.state.isFinal else { return refuseLegState(leg, command) }
            guard leg.state != .submitted else {
                return refuse(.invalid, "\(id) waits for your own sign-off", command)
            }
            record(.urged, on: parent.id, by: command.actor, leg: id, note: body.note)
            return send(.urged(urged), about: id, from: command.actor, to: leg.post)
        }
        guard let holder = page.assignment?.post ?? body.post else {
            return refuse(.unknownAssignment, "\(id) is not known here; name the post that holds it", command)
        }
        guard organization.isSuperior(command.actor, of: holder) else {
            return refuse(.notYours, "\(command.actor) is neither issuer nor superior of \(id)", command)
        }
        if let assignment = page.assignment, assignment.state.isFinal { return refuseState(assignment, command) }
        send(.urged(urged), about: id, from: command.actor, to: holder)
    }

    /// The leg and the assignment it was issued from, if `command` comes from the issuer.
    private mutating func issued(_ id: AssignmentID, _ command: Command) -> (Assignment, Leg, WorkOrder)? {
        guard id.parent != nil else {
            refuse(.invalid, "\(id) is a work order, not a leg of one", command)
            return nil
        }
        guard let parent = page.parent, let leg = page.leg, let order = page.order else {
            wait(for: id)
            return nil
        }
        guard parent.post == command.actor else {
            refuse(.notYours, "\(id) was not issued by \(command.actor)", command)
            return nil
        }
        guard !parent.state.isFinal else {
            refuseState(parent, command)
            return nil
        }
        return (parent, leg, order)
    }

    /// Takes a leg back from its holder.
    private mutating func takeBack(
        _ leg: inout Leg,
        in parent: inout Assignment,
        by actor: PostAddress,
        note: String?
    ) {
        if leg.state != .returned {
            send(.recalled(NoteBody(note: note)), about: leg.id, from: actor, to: leg.post)
        }
        move(&leg, to: .recalled, in: &parent)
        record(.legRecalled, on: parent.id, by: actor, leg: leg.id, note: note)
    }

    /// Keeps a command that answers a report: its agent may have heard of the report sooner than this node, which has its
    /// mail from another queue.
    private mutating func awaitReport(_ leg: Leg, _ command: Command) {
        leg.state.isFinal ? refuseLegState(leg, command) : wait(for: leg.id)
    }

    private mutating func refuseLegState(_ leg: Leg, _ command: Command) {
        let verb = command.body.verb.rawValue
        if leg.state.isFinal, leg.state != .returned {
            return refuse(.alreadyFinal, "\(leg.id) is \(leg.state.rawValue); nothing changes it any more", command)
        }
        refuse(.wrongState, "cannot \(verb) \(leg.id) while it is \(leg.state.rawValue)", command)
    }
}
