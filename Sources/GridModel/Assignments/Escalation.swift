//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// An escalation on the superior's page.
package struct Escalation: Hashable, Sendable {
    /// What became of it.
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Waiting for the superior's answer.
        case open
        /// Answered: carry on, or taken over.
        case answered
        /// Passed one rung up.
        case passedUp
        /// Recalled or otherwise settled before it was answered.
        case withdrawn
    }

    /// The assignment escalated.
    package var assignment: AssignmentID
    /// The post that holds the assignment.
    package var holder: PostAddress
    /// The post whose answer is awaited.
    package var superior: PostAddress
    /// How many rungs it has climbed, from 1.
    package var rung: Int
    /// Distinguishes a later escalation of the same assignment: the holder's revision when it escalated.
    package var revision: Int
    /// The work order's title, so that the superior sees what it is about.
    package var title: String
    /// Why it was escalated.
    package var reason: String
    /// Whether the clock escalated it.
    package var byClock: Bool
    /// The deadline it had.
    package var dueAt: Instant?
    /// When it reached the superior.
    package var openedAt: Instant
    /// What became of it.
    package var state: State = .open
    /// When it was settled.
    package var settledAt: Instant?
    /// What the superior answered, so that an answer that was lost on its way can be sent again.
    package var answer: AnsweredBody?

    /// Creates an open escalation.
    package init(
        assignment: AssignmentID,
        holder: PostAddress,
        superior: PostAddress,
        rung: Int,
        revision: Int,
        title: String,
        reason: String,
        byClock: Bool,
        dueAt: Instant?,
        openedAt: Instant
    ) {
        self.assignment = assignment
        self.holder = holder
        self.superior = superior
        self.rung = rung
        self.revision = revision
        self.title = title
        self.reason = reason
        self.byClock = byClock
        self.dueAt = dueAt
        self.openedAt = openedAt
    }
}
