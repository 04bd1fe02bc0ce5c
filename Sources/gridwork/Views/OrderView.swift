//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

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

/// How many assignments there are, in all, in each state, and overdue.
struct CountsView: Encodable, Hashable {
    let counts: OrderCounts

    private enum CodingKeys: String, CodingKey {
        case total, overdue
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(counts.total, forKey: .total)
        try container.encode(counts.overdue, forKey: .overdue)
        try counts.states.encode(to: encoder)
    }

    /// The counts in words, states without assignments left out.
    var line: String {
        let states = AssignmentState.allCases.filter { counts.states[$0] > 0 }
            .map { "\($0.rawValue) \(counts.states[$0])" }
        let late = counts.overdue > 0 ? ["overdue \(counts.overdue)"] : []
        return (["total \(counts.total)"] + states + late).joined(separator: ", ")
    }
}
