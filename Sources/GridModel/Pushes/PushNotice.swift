//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a line of history means to a post: something to do, or something not to do any more.
package struct PushNotice: Hashable, Sendable {
    /// The post whose holder is told.
    package var post: PostAddress
    /// What happened.
    package var kind: PushKind
    /// What it happened to.
    package var assignment: AssignmentID
    /// Whether it goes out at any hour and at once.
    ///
    /// Only what the office itself issued as urgent is. A deadline that passes is not: most lie at the end of a day, and
    /// every superior would be woken at midnight.
    package var isUrgent: Bool
    /// Until when it is to be done.
    package var dueAt: Instant?

    /// Creates a notice.
    package init(post: PostAddress, kind: PushKind, assignment: AssignmentID, isUrgent: Bool, dueAt: Instant?) {
        self.post = post
        self.kind = kind
        self.assignment = assignment
        self.isUrgent = isUrgent
        self.dueAt = dueAt
    }

    /// How long a second urge on the same matter says nothing new, in milliseconds.
    ///
    /// An urge that is passed on to a superior of the same node stands twice in the history of one page.
    package static let urgePause: Int64 = 60_000

    /// What a line tells somebody; nil when nobody has to be told, or only who did it.
    ///
    /// - Parameters:
    ///   - entry: The line.
    ///   - assignment: The assignment on whose page it stands, as it is by now; nil where another node has the page.
    ///   - order: Its work order, where it is known.
    ///   - organization: Who stands where.
    package init?(
        _ entry: HistoryEntry,
        on assignment: Assignment?,
        of order: WorkOrder?,
        in organization: Organization
    ) {
        guard let kind = PushKind(entry) else { return nil }
        let post: PostAddress?
        switch kind {
        case .escalationToAnswer:
            // Its mail came from the holder, or from who passed it up: the line stands on the superior's side.
            post = entry.actor.flatMap(organization.superior(of:))
        case .urged where entry.leg == nil:
            post = assignment.flatMap(Self.holdingUp)
        default:
            post = assignment?.post
        }
        guard let post, post != entry.actor, !(assignment?.isTombstone ?? false) else { return nil }
        self.init(
            post: post,
            kind: kind,
            assignment: entry.leg ?? entry.assignment,
            isUrgent: order?.priority == .urgent,
            dueAt: kind.hasDeadline ? assignment?.dueAt ?? order?.dueAt : nil
        )
    }

    /// Whether lines of this kind may be worth telling somebody; most are not, and need no page to be read for.
    package static func concernsSomebody(_ event: HistoryEntry.Event) -> Bool {
        switch event {
        case .issued, .reworkRequested, .recalled, .urged, .escalated, .escalationAnswered, .escalationOpened,
            .legReturned, .legSubmitted, .offered:
            true
        default: false
        }
    }

    /// Whom an urge reaches: whoever holds the assignment up. What was handed in waits for its issuer, who is told by a
    /// line of its own.
    private static func holdingUp(_ assignment: Assignment) -> PostAddress? {
        switch assignment.state {
        case .issued, .accepted: assignment.post
        case .escalated: assignment.escalatedTo
        case .submitted, .completed, .returned, .recalled: nil
        }
    }
}

extension PushKind {
    /// The kind of a line; nil for lines of which nobody is told.
    fileprivate init?(_ entry: HistoryEntry) {
        switch entry.event {
        case .issued: self = .issued
        case .reworkRequested: self = .reworkRequested
        case .recalled: self = .recalled
        case .urged where entry.actor == nil:
            self = entry.note.flatMap(SystemNote.init(text:)) == .timeNearlyOver ? .dueSoon : .overdue
        case .urged: self = .urged
        case .escalated where entry.actor == nil: self = .overdue
        case .escalationAnswered: self = .answered
        case .escalationOpened: self = .escalationToAnswer
        case .legReturned: self = .returned
        case .legSubmitted: self = .submitted
        case .offered: self = .offered
        case .acknowledged, .progressed, .submitted, .completed, .returned, .escalated, .passedUp, .legIssued,
            .legAcknowledged, .legProgressed, .legCompleted, .legEscalated, .legResumed, .legRecalled, .restated,
            .escalationSettled, .refused, .ignored:
            return nil
        }
    }

    /// Whether there is something to do by a time.
    fileprivate var hasDeadline: Bool {
        switch self {
        case .issued, .reworkRequested, .urged, .dueSoon, .overdue, .answered, .escalationToAnswer, .returned: true
        case .recalled, .submitted, .offered, .trial: false
        }
    }
}
