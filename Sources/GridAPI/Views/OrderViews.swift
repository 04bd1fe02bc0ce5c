//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// A work order in a list.
struct OrderSummaryView: Encodable {
    let id: OrderID
    let title: String
    let module: AffairsModule
    let priority: Priority
    /// Where the order's own assignment stands; nil where another node holds it.
    let state: AssignmentState?
    let issuedBy: PostAddress
    let issuedAt: Instant
    let dueAt: Instant?
    /// The assignments that the caller sees.
    let counts: CountsView

    init(_ summary: OrderSummary) {
        id = summary.order.id
        title = summary.order.title
        module = summary.order.module
        priority = summary.order.priority
        state = summary.state
        issuedBy = summary.order.issuedBy
        issuedAt = summary.order.issuedAt
        dueAt = summary.order.dueAt
        counts = CountsView(counts: summary.counts)
    }
}

/// A list of work orders, a page of it.
struct OrderListView: Encodable {
    let orders: [OrderSummaryView]
    /// What to give as `after` for the next page; nil on the last one.
    let next: String?
}

/// A work order, how far it has come, and who is holding it up.
struct OrderDetailView: Encodable {
    let order: WorkOrder
    let state: AssignmentState?
    let counts: CountsView
    let holdingUp: [PostLoadView]
}

/// What waits for a post.
struct PostLoadView: Encodable {
    let post: PostAddress
    let holder: String?
    let count: Int
    let oldest: AssignmentID
    let since: Instant

    init(_ load: PostLoad, in organization: Organization) {
        post = load.post
        holder = organization.unit(of: load.post)?.holder
        count = load.count
        oldest = load.oldest
        since = load.since
    }
}

/// Who would get a work order, and how much each has to do already.
struct OrderPlanView: Encodable {
    /// A post that would get an assignment.
    struct Recipient: Encodable {
        let post: PostAddress
        let name: String
        let holder: String
        /// How many assignments it holds that are not over.
        let open: Int
    }

    /// A level of the organization that the order reaches.
    struct LevelCount: Encodable {
        let role: String
        let posts: Int
        /// The open assignments of all of them.
        let open: Int
    }

    let order: WorkOrder
    let levels: [LevelCount]
    /// Those who would get it, from the top; at most so many as `OrderRoutes.longestPlan`.
    let recipients: [Recipient]
    /// How many would get it in all.
    let total: Int
}

/// What was issued.
struct IssuedView: Encodable {
    let id: OrderID
    let title: String
    let dueAt: Instant?
    /// Whether an earlier request with the same Idempotency-Key issued it.
    let repeated: Bool
}
