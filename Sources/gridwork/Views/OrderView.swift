//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridAPI
import GridModel
import GridStore

/// A work order with its assignments, as `order show --json` prints it.
struct OrderView: Encodable {
    /// An assignment of the order.
    struct Leg: Encodable {
        let id: AssignmentID
        let parent: AssignmentID?
        let post: PostAddress
        let state: AssignmentState
        let issuedAt: Instant
        let acceptedAt: Instant?
        let completedAt: Instant?

        init(_ assignment: Assignment) {
            id = assignment.id
            parent = assignment.id.parent
            post = assignment.post
            state = assignment.state
            issuedAt = assignment.issuedAt
            acceptedAt = assignment.acceptedAt
            completedAt = assignment.completedAt
        }
    }

    let id: OrderID
    let title: String
    let state: AssignmentState
    let dueAt: Instant?
    let counts: CountsView
    let assignments: [Leg]
}
