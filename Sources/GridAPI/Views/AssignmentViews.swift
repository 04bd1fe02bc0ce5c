//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// An assignment with what is to be done.
struct AssignmentDetailView: Encodable {
    let assignment: AssignmentView
    /// The work order; nil where only its recall came.
    let order: WorkOrder?
}

/// A list of assignments, a page of it.
struct AssignmentListView: Encodable {
    let assignments: [AssignmentView]
    /// What to give as `after` for the next page; nil on the last one.
    let next: AssignmentID?
}

/// What became of a command.
struct CommandResultView: Encodable {
    /// The assignment as it stands here; nil where another node holds it. A decision of its issuer or of a superior
    /// shows when the mail has reached the holder's page.
    let assignment: AssignmentView?
    /// Whether an earlier request with the same Idempotency-Key did it.
    let repeated: Bool
}

/// A leg as its issuer knows it.
struct LegView: Encodable {
    let id: AssignmentID
    let post: PostAddress
    let holder: String?
    let area: UnitCode
    let state: AssignmentState

    init(_ leg: Leg, in organization: Organization) {
        id = leg.id
        post = leg.post
        holder = organization.unit(of: leg.post)?.holder
        area = leg.area
        state = leg.state
    }
}

/// The legs of an assignment.
struct LegListView: Encodable {
    let legs: [LegView]
}

/// A line of the history.
struct HistoryLineView: Encodable {
    let number: Int64
    let at: Instant
    let event: HistoryEntry.Event
    let actor: PostAddress?
    let leg: AssignmentID?
    let note: String?
    /// Who gave the command; nil where it did not come over HTTP.
    let person: String?
    /// Whether she stood in for whoever holds the post.
    let standIn: Bool?

    init(_ line: HistoryLine) {
        number = line.n
        at = line.at
        event = line.event
        actor = line.actor
        leg = line.leg
        note = line.note
        person = line.person
        standIn = line.person.map { _ in line.isStandIn }
    }
}

/// The history of an assignment, a page of it.
struct HistoryView: Encodable {
    let lines: [HistoryLineView]
    /// What to give as `after` for the next page; nil on the last one.
    let next: Int64?
}

/// Escalations.
struct EscalationListView: Encodable {
    let escalations: [EscalationView]
}
