//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A message between posts: what stands on the exchange `gridwork`.
package struct Mail: Hashable, Sendable {
    /// The identifier, derived from the cause.
    package var id: MessageID
    /// The post that sends it.
    package var source: PostAddress
    /// The post it is for.
    package var target: PostAddress
    /// The assignment it is about; nil only where an `issue` command is refused.
    package var assignment: AssignmentID?
    /// When it was sent.
    package var time: Instant
    /// What it says.
    package var body: MailBody

    /// Creates a mail.
    package init(
        id: MessageID,
        source: PostAddress,
        target: PostAddress,
        assignment: AssignmentID?,
        time: Instant,
        body: MailBody
    ) {
        self.id = id
        self.source = source
        self.target = target
        self.assignment = assignment
        self.time = time
        self.body = body
    }
}

/// What a mail says; each case is a message type with a schema of its own.
package enum MailBody: Hashable, Sendable {
    /// An assignment for the target.
    case issued(IssuedBody)
    /// The holder acknowledged; to the issuer.
    case acknowledged(ReportBody)
    /// The holder reports progress; to the issuer.
    case progressed(ReportBody)
    /// The holder is done and asks for sign-off; to the issuer.
    case submitted(ReportBody)
    /// The holder is done; to the issuer.
    case completed(ReportBody)
    /// The holder gives it back; to the issuer.
    case returned(ReportBody)
    /// An escalation was answered and the holder carries on; to the issuer.
    case resumed(ReportBody)
    /// A superior took it over; to the issuer.
    case takenOver(ReportBody)
    /// The holder, or the clock, needs the superior's answer; to the superior, and a copy to the issuer.
    case escalated(EscalatedBody)
    /// What the superior decided; to the holder.
    case escalationAnswered(AnsweredBody)
    /// The escalation needs no answer any more; to the superior.
    case escalationWithdrawn(ReplyBody)
    /// The issuer signed off; to the holder.
    case signedOff(ReplyBody)
    /// The issuer wants it done again; to the holder.
    case reworkRequested(ReplyBody)
    /// The issuer takes it back; to the holder.
    case recalled(NoteBody)
    /// Somebody waits for it; to whoever holds it up.
    case urged(UrgedBody)
    /// All legs are in; the holder is asked to sum up.
    case offered(NoteBody)
    /// A command was refused; to the post that sent it.
    case refused(RefusedBody)
}

/// The body of `issued`: all that a holder needs.
package struct IssuedBody: Hashable, Sendable, Codable {
    /// The work order, whole.
    package var order: WorkOrder
    /// The area the leg is about.
    package var area: UnitCode
    /// When the leg was issued.
    package var issuedAt: Instant
    /// Until when it is to be acknowledged.
    package var acceptBy: Instant?
    /// Until when it is to be done.
    package var dueAt: Instant?
    /// What the issuer has heard of the holder, where it issues the leg again because the two disagree; nil in a first
    /// issue.
    package var seen: Standing?
}

/// The body of every report of a holder to its issuer.
package struct ReportBody: Hashable, Sendable, Codable {
    /// The holder's state after the event.
    package var state: AssignmentState
    /// The holder's revision after the event; a lower one than the issuer has seen was overtaken.
    package var revision: Int
    /// What the holder wrote.
    package var note: String?
    /// What is attached, where the issuer's node has to fetch it; with `submitted` and `completed` only.
    package var files: ReportedFiles?

    /// Creates a body.
    package init(state: AssignmentState, revision: Int, note: String? = nil) {
        self.state = state
        self.revision = revision
        self.note = note
    }
}

/// The body of `escalated`.
package struct EscalatedBody: Hashable, Sendable, Codable {
    /// The post that holds the assignment.
    package var holder: PostAddress
    /// The post whose answer is awaited.
    package var superior: PostAddress
    /// How many rungs it has climbed, from 1.
    package var rung: Int
    /// The holder's revision when it escalated.
    package var revision: Int
    /// The work order's title.
    package var title: String
    /// Why.
    package var reason: String
    /// Whether the clock did it.
    package var byClock: Bool
    /// The deadline it has.
    package var dueAt: Instant?
}

/// What a superior can answer (批示).
package enum AnswerKind: String, Sendable, Word {
    /// Carry on, perhaps with more time.
    case carryOn
    /// The superior takes it over: the assignment is recalled.
    case takeOver
    /// Passed one rung up.
    case passUp
}

/// The body of `escalationAnswered`.
package struct AnsweredBody: Hashable, Sendable, Codable {
    /// What was decided.
    package var answer: AnswerKind
    /// The rung that answered.
    package var rung: Int
    /// The escalation answered: the holder's revision when it escalated.
    package var revision: Int
    /// The new deadline, when there is one.
    package var dueAt: Instant?
    /// The post whose answer is awaited now, when it was passed up.
    package var superior: PostAddress?
    /// What the superior wrote.
    package var note: String?

    /// Creates a body.
    package init(
        answer: AnswerKind,
        rung: Int,
        revision: Int,
        dueAt: Instant? = nil,
        superior: PostAddress? = nil,
        note: String? = nil
    ) {
        self.answer = answer
        self.rung = rung
        self.revision = revision
        self.dueAt = dueAt
        self.superior = superior
        self.note = note
    }
}

/// The body of what settles one submission or one escalation, and must not settle a later one of the same assignment.
package struct ReplyBody: Hashable, Sendable, Codable {
    /// The holder's revision when it submitted or escalated.
    package var revision: Int
    /// What the sender wrote.
    package var note: String?

    /// Creates a body.
    package init(revision: Int, note: String? = nil) {
        self.revision = revision
        self.note = note
    }
}

/// The body of messages that only carry a note.
package struct NoteBody: Hashable, Sendable, Codable {
    /// What the sender wrote.
    package var note: String?
}

/// The body of `urged`.
package struct UrgedBody: Hashable, Sendable, Codable {
    /// Who urges first of all, before anybody passed it on.
    package var by: PostAddress
    /// Whether the clock did it.
    package var byClock: Bool
    /// What was written.
    package var note: String?
}

/// The body of `refused`.
package struct RefusedBody: Hashable, Sendable, Codable {
    /// The identifier of the command.
    package var command: String
    /// What it asked for.
    package var verb: String
    /// The reason's code.
    package var reason: RefusalReason
    /// The reason in words.
    package var detail: String

    /// Creates a body.
    package init(command: String, verb: String, reason: RefusalReason, detail: String) {
        self.command = command
        self.verb = verb
        self.reason = reason
        self.detail = detail
    }
}
