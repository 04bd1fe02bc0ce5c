//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// One line of the history: what happened to an assignment on its holder's page, never changed afterwards.
package struct HistoryEntry: Hashable, Sendable {
    /// What happened.
    package enum Event: String, Sendable, Codable, CaseIterable {
        case issued, acknowledged, progressed, submitted, completed, returned, escalated, passedUp
        case escalationAnswered, reworkRequested, recalled, urged
        /// The issuer's page took over what a leg reported or what the issuer decided about it.
        case legIssued, legAcknowledged, legProgressed, legSubmitted, legCompleted, legReturned, legEscalated
        case legResumed, legRecalled
        /// Every leg is in; the holder is asked to sum up.
        case offered
        /// It was issued again by an issuer who knew it otherwise, and who was told where it stands.
        case restated
        /// An escalation on this page was opened, or settled.
        case escalationOpened, escalationSettled
        /// A command that the rules do not allow now.
        case refused
        /// A message that came too late or twice, and changed nothing.
        case ignored
    }

    /// The assignment whose page it stands on.
    package var assignment: AssignmentID
    /// What happened.
    package var event: Event
    /// When it was handled.
    package var at: Instant
    /// Who did it; nil for the clock and the roll-up.
    package var actor: PostAddress?
    /// The leg concerned, for the `leg…` events.
    package var leg: AssignmentID?
    /// What the actor wrote, or why it was refused.
    package var note: String?
    /// The message that made it happen.
    package var cause: MessageID

    /// Creates a line.
    package init(
        assignment: AssignmentID,
        event: Event,
        at: Instant,
        actor: PostAddress?,
        leg: AssignmentID? = nil,
        note: String? = nil,
        cause: MessageID
    ) {
        self.assignment = assignment
        self.event = event
        self.at = at
        self.actor = actor
        self.leg = leg
        self.note = note
        self.cause = cause
    }
}
