//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Handles one message: what a page becomes, what is sent, which timers run.
///
/// Pure: no I/O, no clock, no randomness. The same message on the same page gives the same decision, identifiers
/// included. The rules are the design's table of the life of an assignment, one function for each of its rows:
/// what a holder may do is in `Decider+Holder`, what reaches a holder in `Decider+HolderMail`, what an issuer does and
/// hears in `Decider+Issuer` and `Decider+Reports`, the escalation chain in `Decider+Escalation`, the clock in
/// `Decider+Clock`.
///
/// - Parameters:
///   - message: The mail, command or timer.
///   - page: The rows that `message.pageQuery(at:)` asked for.
///   - organization: Who stands where.
///   - now: The time of handling.
package func decide(
    _ message: Message,
    on page: Page,
    in organization: Organization,
    at now: Instant
) -> Decision {
    var decider = Decider(message: message, page: page, organization: organization, now: now)
    switch message {
    case .mail(let mail): decider.handle(mail)
    case .command(let command): decider.handle(command)
    case .timer(let firing): decider.handle(firing)
    }
    return decider.decision
}

/// The mail that tells a post why its command was refused.
package func refusalMail(of command: Command, for refusal: Refusal, at now: Instant) -> Mail {
    let body = RefusedBody(
        command: command.id.text,
        verb: command.body.verb.rawValue,
        reason: refusal.reason,
        detail: refusal.detail
    )
    return Mail(
        id: MessageID.chain(of: command.actor, command.id).derived(1),
        source: command.actor,
        target: command.actor,
        assignment: command.body.assignment,
        time: now,
        body: .refused(body)
    )
}

/// Why a command is refused that waited in vain, or whose sender waits for the answer.
///
/// - Parameter page: The rows on which it was decided that it waits.
package func refusalInVain(of command: Command, on page: Page) -> Refusal {
    guard let id = command.body.assignment, let state = page.leg?.state ?? page.assignment?.state else {
        return Refusal(.unknownAssignment, "there is no such assignment here; look at its number")
    }
    if command.body.verb == .answer {
        return Refusal(.wrongState, "no escalation of \(id) has reached \(command.actor)")
    }
    return Refusal(.wrongState, "cannot \(command.body.verb.rawValue) \(id) while it is \(state.rawValue)")
}

/// The decision in the making.
struct Decider {
    let message: Message
    let page: Page
    let organization: Organization
    let now: Instant
    private(set) var decision = Decision()

    init(message: Message, page: Page, organization: Organization, now: Instant) {
        self.message = message
        self.page = page
        self.organization = organization
        self.now = now
    }

    mutating func handle(_ mail: Mail) {
        if case .refused = mail.body { return }
        guard let id = mail.assignment else { return bury("\(mail.body.event.rawValue) names no assignment") }
        switch mail.body {
        case .issued(let body): receiveIssued(id, body, mail)
        case .acknowledged(let body): receiveReport(id, body, .legAcknowledged, mail)
        case .progressed(let body): receiveReport(id, body, .legProgressed, mail)
        case .submitted(let body): receiveReport(id, body, .legSubmitted, mail)
        case .completed(let body): receiveReport(id, body, .legCompleted, mail)
        case .returned(let body): receiveReport(id, body, .legReturned, mail)
        case .resumed(let body): receiveReport(id, body, .legResumed, mail)
        case .takenOver(let body): receiveReport(id, body, .legRecalled, mail)
        case .escalated(let body): receiveEscalated(id, body, mail)
        case .escalationAnswered(let body): receiveAnswer(id, body, mail)
        case .escalationWithdrawn(let body): receiveWithdrawal(id, body, mail)
        case .signedOff(let body): receiveSignedOff(id, body, mail)
        case .reworkRequested(let body): receiveRework(id, body, mail)
        case .recalled(let body): receiveRecalled(id, body, mail)
        case .urged(let body): receiveUrged(id, body, mail)
        case .offered, .refused: break
        }
    }

    mutating func handle(_ command: Command) {
        if let problem = command.id.problemAsCommand { return refuse(.invalid, problem, command) }
        switch command.body {
        case .issue(let draft): issue(draft, by: command.actor)
        case .act(let verb, let id, let body):
            if let problem = body.problem(for: verb) { return refuse(.invalid, problem, command) }
            switch verb {
            case .issue: refuse(.invalid, "an issue command carries an order, not an assignment", command)
            case .acknowledge: acknowledge(id, body, command)
            case .progress: progress(id, body, command)
            case .complete: complete(id, body, command)
            case .return: giveBack(id, body, command)
            case .escalate: escalate(id, body, command)
            case .answer: answer(id, body, command)
            case .signOff: signOff(id, body, command)
            case .rework: requestRework(id, body, command)
            case .recall: recall(id, body, command)
            case .urge: urge(id, body, command)
            case .reassign: reassign(id, body, command)
            }
        }
    }

    // MARK: What a decision is made of

    /// The name of a timer's firing; nil for other messages.
    ///
    /// A clock that was set back lets a timer fire at the same instant once more, after an answer or a rework has set
    /// it anew. The revision, which has grown since, tells the two apart, or the second's mail would be taken for the
    /// first's delivered again.
    private var firing: MessageID? {
        guard case .timer(let firing) = message, let assignment = page.assignment else { return nil }
        return firing.id.derived(assignment.revision)
    }

    /// Sends a mail; its identifier is derived from this message's and the mail's position.
    mutating func send(_ body: MailBody, about assignment: AssignmentID, from source: PostAddress, to: PostAddress) {
        let id = (firing ?? message.cause).derived(decision.outgoing.count + 1)
        decision.outgoing.append(
            Mail(id: id, source: source, target: to, assignment: assignment, time: now, body: body)
        )
    }

    /// Writes a line of history.
    mutating func record(
        _ event: HistoryEntry.Event,
        on assignment: AssignmentID,
        by actor: PostAddress?,
        leg: AssignmentID? = nil,
        note: String? = nil
    ) {
        decision.history.append(
            HistoryEntry(
                assignment: assignment,
                event: event,
                at: now,
                actor: actor,
                leg: leg,
                note: note,
                cause: firing ?? message.id
            )
        )
    }

    /// Takes an assignment's new version into the decision.
    mutating func save(_ assignment: Assignment) {
        var assignment = assignment
        assignment.waitingOn = assignment.holdingUp
        assignment.updatedAt = now
        decision.assignment = assignment
    }

    mutating func save(_ leg: Leg) {
        decision.legs.append(leg)
    }

    mutating func save(_ escalation: Escalation) {
        decision.escalation = escalation
    }

    mutating func save(_ order: WorkOrder) {
        decision.order = order
    }

    mutating func change(_ timer: Decision.TimerChange) {
        decision.timers.append(timer)
    }

    /// Refuses a command: nothing changes but the history of the assignment, if it is known here.
    mutating func refuse(_ reason: RefusalReason, _ detail: String, _ command: Command) {
        decision = Decision()
        decision.outcome = .refused(Refusal(reason, detail))
        let known = [page.assignment?.id, page.leg?.id, page.escalation?.assignment]
        if let id = command.body.assignment, known.contains(id) {
            record(.refused, on: id, by: command.actor, note: "\(command.body.verb.rawValue): \(detail)")
        }
    }

    /// Leaves everything as it is, with a line of history that says why.
    mutating func ignore(_ why: String, on assignment: AssignmentID, by actor: PostAddress?) {
        decision.outcome = .ignored
        record(.ignored, on: assignment, by: actor, note: why)
    }

    /// Keeps the message until the assignment is known here.
    mutating func wait(for assignment: AssignmentID) {
        decision.outcome = .waiting(for: assignment)
    }

    /// Gives a mail up for good.
    mutating func bury(_ reason: String) {
        decision = Decision()
        decision.outcome = .dead(reason: reason)
    }
}

extension ActionBody {
    /// What is wrong with the body for a verb, in a sentence; nil when nothing is.
    fileprivate func problem(for verb: CommandVerb) -> String? {
        // A text has at most as many scalars as bytes, so most notes need not be counted.
        if let note, note.utf8.count > maximumNoteLength, note.unicodeScalars.count > maximumNoteLength {
            return "the note is longer than \(maximumNoteLength) characters; shorten it"
        }
        // SQLite ends a text at the first NUL.
        if note?.withBytes({ $0.contains(0) }) ?? false { return "the note has a NUL character" }
        switch verb {
        case .return, .escalate, .rework, .recall, .progress:
            if note?.allSatisfy(\.isWhitespace) ?? true { return "\(verb.rawValue) needs a note that says why" }
        case .answer:
            guard let answer else { return "answer needs one of carryOn, takeOver, passUp" }
            if dueAt != nil, answer != .carryOn { return "only carryOn can set a new deadline" }
        case .reassign:
            if post == nil { return "reassign needs the post that gets the leg" }
        case .issue, .acknowledge, .complete, .signOff, .urge:
            break
        }
        return nil
    }
}
