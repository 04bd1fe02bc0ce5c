//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// How many assignments there are, and where they stand.
package struct OrderCounts: Sendable, Hashable {
    /// How many are in each state.
    package var states = LegCounts()
    /// How many are late: the deadline has passed and the work was neither handed in nor settled.
    package var overdue = 0

    /// Creates counts of zero.
    package init() {}

    /// How many there are.
    package var total: Int { states.total }
}

/// A work order and how far it has come, as far as this file knows.
package struct OrderSummary: Sendable, Hashable {
    /// The order.
    package var order: WorkOrder
    /// The state of the order's own assignment; nil where another node holds it.
    package var state: AssignmentState?
    /// The assignments of the order in this file.
    package var counts: OrderCounts
}

/// An assignment in a post's inbox.
package struct InboxItem: Sendable, Hashable {
    /// The assignment.
    package var assignment: Assignment
    /// The work order's title; nil when the order has not arrived.
    package var title: String?
}

/// What waits for one post.
package struct PostLoad: Sendable, Hashable {
    /// The post.
    package var post: PostAddress
    /// The number of assignments that wait for it.
    package var count: Int
    /// The one that has waited longest.
    package var oldest: AssignmentID
    /// Since when that one has not changed.
    package var since: Instant
}

/// A line of the history and its number.
package struct HistoryLine: Sendable, Hashable {
    /// The line's number: grows with every line of the file, so it serves to continue after.
    package var n: Int64
    /// The assignment whose page it stands on.
    package var assignment: AssignmentID
    /// What happened.
    package var event: HistoryEntry.Event
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
    /// The name of the person who gave the command; nil where it did not come over HTTP.
    package var person: String?
    /// Whether that person stood in for whoever holds the post.
    package var isStandIn = false
}

/// A stretch of the history of the file, of which only some lines were asked for.
package struct HistoryStretch: Sendable, Hashable {
    /// A line and the post on whose page it stands.
    package struct Line: Sendable, Hashable {
        /// The line.
        package var line: HistoryLine
        /// The post that holds the assignment; nil where another node does.
        package var post: PostAddress?
    }

    /// The lines asked for.
    package var lines: [Line]
    /// The number to go on after; what lies before it was looked at.
    package var end: Int64
}

/// Where a post's assignments stand.
package struct PostStatistics: Sendable, Hashable {
    /// The post.
    package var post: PostAddress
    /// How many are in each state, and how many are late.
    package var counts = OrderCounts()
    /// How many were completed before their deadline, or had none.
    package var completedOnTime = 0

    /// Creates statistics of nothing.
    package init(post: PostAddress) {
        self.post = post
    }
}

/// What happened on a day.
package struct DailyCount: Sendable, Hashable {
    /// The day, counted from 1970-01-01.
    package var day: Int64
    /// How many assignments were issued.
    package var issued = 0
    /// How many were completed.
    package var completed = 0

    /// Creates a day on which nothing happened.
    package init(day: Int64) {
        self.day = day
    }
}
