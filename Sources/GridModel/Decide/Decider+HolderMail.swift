//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What reaches a holder: its assignment, and what its issuer decides about it.
extension Decider {
    /// An assignment arrives.
    mutating func receiveIssued(_ id: AssignmentID, _ body: IssuedBody, _ mail: Mail) {
        if let known = page.assignment { return receiveIssuedAgain(known, body, mail) }
        guard organization.unit(of: mail.target) != nil else {
            return bury("there is no post \(mail.target) in the organization of this node")
        }
        guard body.order.id == id.order, !id.isRoot else {
            return bury("\(id) is not a leg of the work order it carries, \(body.order.id)")
        }
        var assignment = Assignment(
            id: id,
            post: mail.target,
            issuer: mail.source,
            area: body.area,
            acceptBy: body.acceptBy,
            dueAt: body.dueAt,
            issuedAt: body.issuedAt,
            updatedAt: now
        )
        // The issuer has heard of a page that is gone: its reports had revisions that this page must step over.
        if let seen = body.seen, seen.revision > 0 { assignment.revision = seen.revision + 1 }
        save(body.order)
        record(.issued, on: id, by: mail.source)
        startTimers(of: assignment)
        if let seen = body.seen, !seen.agrees(with: assignment.standing) { restate(assignment) }
        if body.order.cascade.mode == .automatic { cascade(&assignment, body.order) }
        save(assignment)
    }

    /// An assignment arrives that is here already.
    ///
    /// An issuer that knows it otherwise has missed reports, or had an older copy of its page restored: it is told where
    /// the assignment stands. Where it has heard of a later revision, the copy here is the older one, and steps over
    /// what was forgotten, or its reports would look overtaken for ever.
    private mutating func receiveIssuedAgain(_ known: Assignment, _ body: IssuedBody, _ mail: Mail) {
        if known.isTombstone, body.seen == nil {
            return ignore("issued after it was recalled", on: known.id, by: mail.source)
        }
        let seen = body.seen ?? Standing(state: .issued, revision: 0)
        guard known.issuer == mail.source, known.post == mail.target, !seen.agrees(with: known.standing) else {
            return ignore("issued twice", on: known.id, by: mail.source)
        }
        if seen.asksForRework(of: known.standing) {
            return receiveRework(known.id, ReplyBody(revision: known.revision), mail)
        }
        var assignment = known
        if assignment.revision <= seen.revision {
            assignment.revision = seen.revision + 1
            escalateAnew(assignment, instead: known.revision)
            save(assignment)
        }
        record(.restated, on: assignment.id, by: mail.source)
        restate(assignment)
    }

    /// Asks the superior anew where an escalated assignment has another revision now, by which an answer would name it.
    private mutating func escalateAnew(_ assignment: Assignment, instead revision: Int) {
        guard assignment.state == .escalated, let superior = assignment.escalatedTo else { return }
        let id = assignment.id
        send(.escalationWithdrawn(ReplyBody(revision: revision)), about: id, from: assignment.post, to: superior)
        let body = EscalatedBody(
            holder: assignment.post,
            superior: superior,
            rung: max(1, assignment.rung),
            revision: assignment.revision,
            title: page.order?.title ?? "",
            reason: SystemNote.escalatedAgain.text,
            byClock: false,
            dueAt: assignment.dueAt
        )
        send(.escalated(body), about: id, from: assignment.post, to: superior)
    }

    /// Tells the issuer where an assignment stands.
    private mutating func restate(_ assignment: Assignment) {
        guard let issuer = assignment.issuer else { return }
        send(assignment.restatement, about: assignment.id, from: assignment.post, to: issuer)
    }

    /// The issuer signed off 核查通过.
    mutating func receiveSignedOff(_ id: AssignmentID, _ body: ReplyBody, _ mail: Mail) {
        guard var assignment = ofIssuer(id, mail) else { return }
        guard assignment.state == .submitted, assignment.revision == body.revision else {
            return ignore("signed off while \(assignment.state.rawValue)", on: id, by: mail.source)
        }
        assignment.state = .completed
        assignment.revision += 1
        assignment.completedAt = now
        record(.completed, on: id, by: mail.source, note: body.note)
        save(assignment)
    }

    /// The issuer wants it done again 返工.
    mutating func receiveRework(_ id: AssignmentID, _ body: ReplyBody, _ mail: Mail) {
        guard var assignment = ofIssuer(id, mail) else { return }
        guard assignment.state == .submitted, assignment.revision == body.revision else {
            return ignore("rework asked for while \(assignment.state.rawValue)", on: id, by: mail.source)
        }
        assignment.state = .accepted
        assignment.revision += 1
        assignment.rework += 1
        record(.reworkRequested, on: id, by: mail.source, note: body.note)
        resumeTimers(of: assignment, from: assignment.issuedAt)
        save(assignment)
    }

    /// The issuer takes it back 撤回. A recall that overtakes its issue leaves a tombstone.
    mutating func receiveRecalled(_ id: AssignmentID, _ body: NoteBody, _ mail: Mail) {
        guard let known = page.assignment else {
            var tombstone = Assignment(
                id: id,
                post: mail.target,
                issuer: mail.source,
                area: mail.target.code,
                state: .recalled,
                issuedAt: mail.time,
                updatedAt: now
            )
            tombstone.isTombstone = true
            record(.recalled, on: id, by: mail.source, note: body.note)
            return save(tombstone)
        }
        guard known.issuer == mail.source else {
            return ignore("recalled by a post that did not issue it", on: id, by: mail.source)
        }
        guard !known.state.isFinal else {
            return ignore("recalled when it was \(known.state.rawValue)", on: id, by: mail.source)
        }
        var assignment = known
        withdraw(&assignment, by: mail.source, note: body.note)
        save(assignment)
    }

    /// Takes an assignment and everything below it out of work.
    mutating func withdraw(_ assignment: inout Assignment, by actor: PostAddress, note: String?) {
        if assignment.state == .escalated, let superior = assignment.escalatedTo {
            let reply = ReplyBody(revision: assignment.revision, note: note)
            send(.escalationWithdrawn(reply), about: assignment.id, from: assignment.post, to: superior)
        }
        assignment.state = .recalled
        assignment.revision += 1
        assignment.escalatedTo = nil
        record(.recalled, on: assignment.id, by: actor, note: note)
        change(.cancelAll(assignment.id))
        recallOpenLegs(of: &assignment, note: note)
    }

    /// Somebody above waits for it 催办; it is passed on to whoever holds it up.
    mutating func receiveUrged(_ id: AssignmentID, _ body: UrgedBody, _ mail: Mail) {
        guard !body.byClock else { return }
        if let parent = page.parent, parent.post == mail.target {
            // What was handed in waits for its issuer, on whose page it is a leg.
            return record(.urged, on: parent.id, by: body.by, leg: id, note: body.note)
        }
        guard let assignment = page.assignment else {
            // A superior that is to answer on another node holds the escalation, and never the assignment.
            return page.escalation == nil ? wait(for: id) : record(.urged, on: id, by: body.by, note: body.note)
        }
        guard !assignment.state.isFinal else {
            return ignore("urged when it was \(assignment.state.rawValue)", on: id, by: mail.source)
        }
        record(.urged, on: id, by: body.by, note: body.note)
        guard assignment.post == mail.target else { return }
        passOn(body, about: assignment)
    }

    /// Urges whoever below, or above, holds an assignment up.
    mutating func passOn(_ body: UrgedBody, about assignment: Assignment) {
        if assignment.state == .escalated || assignment.state == .submitted {
            let other = assignment.state == .escalated ? assignment.escalatedTo : assignment.issuer
            if let other, other != body.by {
                send(.urged(body), about: assignment.id, from: assignment.post, to: other)
            }
            return
        }
        for leg in page.openLegs where leg.state != .returned && leg.state != .submitted {
            send(.urged(body), about: leg.id, from: assignment.post, to: leg.post)
        }
    }

    /// The assignment a mail of its issuer is about; keeps the mail, or ignores it, otherwise.
    private mutating func ofIssuer(_ id: AssignmentID, _ mail: Mail) -> Assignment? {
        guard let assignment = page.assignment else {
            wait(for: id)
            return nil
        }
        guard assignment.issuer == mail.source else {
            ignore("\(mail.body.event.rawValue) from a post that did not issue it", on: id, by: mail.source)
            return nil
        }
        return assignment
    }
}
