//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// An escalation on a superior's page, as the API and the commands tell it.
package struct EscalationView: Encodable, Sendable {
    /// The assignment it is about.
    package let assignment: AssignmentID
    /// The post that asked.
    package let holder: PostAddress
    /// The post that has to answer.
    package let superior: PostAddress
    /// Whether it waits, and how it was answered.
    package let state: Escalation.State
    /// How far up it has gone, from 1.
    package let rung: Int
    /// The work order's title.
    package let title: String
    /// What is asked.
    package let reason: String
    /// Whether the clock escalated, not the holder.
    package let byClock: Bool
    /// Until when the assignment is to be done.
    package let dueAt: Instant?
    /// Since when it waits.
    package let openedAt: Instant
    /// When it was answered or withdrawn; nil while it waits.
    package let settledAt: Instant?

    /// Tells an escalation.
    package init(_ escalation: Escalation) {
        assignment = escalation.assignment
        holder = escalation.holder
        superior = escalation.superior
        state = escalation.state
        rung = escalation.rung
        title = escalation.title
        reason = escalation.reason
        byClock = escalation.byClock
        dueAt = escalation.dueAt
        openedAt = escalation.openedAt
        settledAt = escalation.settledAt
    }
}
