//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What handling a message comes to. The store writes all of it in one transaction.
package struct Decision: Sendable {
    /// What became of the message.
    package enum Outcome: Hashable, Sendable {
        /// It did what it asked for.
        case applied
        /// It came too late or twice; only history was written.
        case ignored
        /// A command that the rules do not allow now.
        case refused(Refusal)
        /// Nothing is known yet of the assignment, or of what the command answers; keep the message and try again when
        /// something arrives for it.
        case waiting(for: AssignmentID)
        /// A mail that can never be handled here; it is dead-lettered with the reason.
        case dead(reason: String)
    }

    /// A change of a timer.
    package enum TimerChange: Hashable, Sendable {
        /// Sets, or moves, one of an assignment's timers.
        case set(AssignmentID, TimerKind, Instant)
        /// Removes one of an assignment's timers.
        case cancel(AssignmentID, TimerKind)
        /// Removes all of an assignment's timers.
        case cancelAll(AssignmentID)
    }

    /// What became of the message.
    package var outcome = Outcome.applied
    /// The work order that became known here.
    package var order: WorkOrder?
    /// The assignment as it stands now; nil when it did not change.
    package var assignment: Assignment?
    /// The legs that are new or changed.
    package var legs: [Leg] = []
    /// The escalation that is new or changed.
    package var escalation: Escalation?
    /// Lines of history, in order.
    package var history: [HistoryEntry] = []
    /// Mail to send, in order.
    package var outgoing: [Mail] = []
    /// Timers to set and cancel, in order.
    package var timers: [TimerChange] = []

    /// Creates a decision that changes nothing.
    package init() {}
}
