//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// An assignment on its holder's page: the one automaton at every level.
package struct Assignment: Hashable, Sendable {
    /// The identifier.
    package var id: AssignmentID
    /// The post that holds it.
    package var post: PostAddress
    /// The post that issued it, nil for a root.
    package var issuer: PostAddress?
    /// The area it is about: the holder's own, unless the leg was reassigned from another post.
    package var area: UnitCode
    /// Where it stands.
    package var state: AssignmentState
    /// Counts the changes of state, so that a report that was overtaken by a later one is recognised.
    package var revision = 0
    /// How often it was sent back for rework.
    package var rework = 0
    /// Its legs by state.
    package var legs = LegCounts()
    /// The post whose answer is awaited while `state` is `escalated`.
    package var escalatedTo: PostAddress?
    /// How many rungs the current escalation has climbed, from 1; 0 when there was none.
    package var rung = 0
    /// Who is holding this up: the holder, the issuer, a superior; nil when it is final or others below are.
    package var waitingOn: PostAddress?
    /// Until when it is to be acknowledged.
    package var acceptBy: Instant?
    /// Until when it is to be done.
    package var dueAt: Instant?
    /// When the issuer issued it.
    package var issuedAt: Instant
    /// When it was first acknowledged, by a person or by implication.
    package var acceptedAt: Instant?
    /// When it was completed.
    package var completedAt: Instant?
    /// When the page last changed.
    package var updatedAt: Instant
    /// Whether only its recall is known: the recall came before the issue.
    package var isTombstone = false

    /// Creates an assignment that has just reached its holder.
    package init(
        id: AssignmentID,
        post: PostAddress,
        issuer: PostAddress?,
        area: UnitCode,
        state: AssignmentState = .issued,
        acceptBy: Instant? = nil,
        dueAt: Instant? = nil,
        issuedAt: Instant,
        updatedAt: Instant
    ) {
        self.id = id
        self.post = post
        self.issuer = issuer
        self.area = area
        self.state = state
        self.acceptBy = acceptBy
        self.dueAt = dueAt
        self.issuedAt = issuedAt
        self.updatedAt = updatedAt
    }

    /// Whether a limit has passed and the work was not done, or not acknowledged, in time.
    ///
    /// Work handed in is not late while it waits for its issuer: the checker's delay never hurts the doer.
    package func isOverdue(at now: Instant) -> Bool {
        guard !state.isFinal, state != .submitted else { return false }
        let isUnacknowledged = acceptedAt == nil && acceptBy.map { $0 < now } ?? false
        return isUnacknowledged || dueAt.map { $0 < now } ?? false
    }

    /// Until when it is to be acknowledged, while that is what comes next, or was to be; nil when it is to be done next.
    package func acceptLimit(at now: Instant) -> Instant? {
        guard let acceptBy, acceptedAt == nil, dueAt.map({ $0 >= now && $0 >= acceptBy }) ?? true else { return nil }
        switch state {
        case .issued: return acceptBy
        // What was escalated in time waits for an answer, and nobody for its acknowledgement.
        case .escalated: return acceptBy < now ? acceptBy : nil
        case .accepted, .submitted, .completed, .returned, .recalled: return nil
        }
    }

    /// Who holds the assignment up, as its page stands.
    package var holdingUp: PostAddress? {
        switch state {
        case .completed, .returned, .recalled: nil
        case .submitted: issuer ?? post
        case .escalated: escalatedTo ?? post
        case .issued, .accepted:
            // A leg given back or handed in for sign-off waits for the holder, whatever the others do.
            legs.working > 0 && legs.returned == 0 && legs.submitted == 0 ? nil : post
        }
    }
}
