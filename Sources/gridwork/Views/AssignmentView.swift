//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// An assignment as the commands print it.
struct AssignmentView: Encodable {
    let id: AssignmentID
    let order: OrderID
    let title: String?
    let post: PostAddress
    let issuer: PostAddress?
    let area: UnitCode
    let state: AssignmentState
    let light: String
    let waitingOn: PostAddress?
    let escalatedTo: PostAddress?
    let rework: Int
    let legs: LegCounts
    let acceptBy: Instant?
    let dueAt: Instant?
    let issuedAt: Instant
    let acceptedAt: Instant?
    let completedAt: Instant?

    init(_ assignment: Assignment, title: String?, now: Instant) {
        id = assignment.id
        order = assignment.id.order
        self.title = title
        post = assignment.post
        issuer = assignment.issuer
        area = assignment.area
        state = assignment.state
        light = Self.light(of: assignment, at: now)
        waitingOn = assignment.waitingOn
        escalatedTo = assignment.escalatedTo
        rework = assignment.rework
        legs = assignment.legs
        acceptBy = assignment.acceptBy
        dueAt = assignment.dueAt
        issuedAt = assignment.issuedAt
        acceptedAt = assignment.acceptedAt
        completedAt = assignment.completedAt
    }

    /// The deadline's light: green to 80 % of the time, yellow to its end, red after it.
    private static func light(of assignment: Assignment, at now: Instant) -> String {
        guard !assignment.state.isFinal, let dueAt = assignment.dueAt else { return "none" }
        if assignment.isOverdue(at: now) { return "red" }
        let whole = dueAt.milliseconds - assignment.issuedAt.milliseconds
        let spent = now.milliseconds - assignment.issuedAt.milliseconds
        return spent * 5 > whole * 4 ? "yellow" : "green"
    }
}

extension AssignmentView {
    /// Reads an assignment; nil when this state file does not hold it.
    static func read(_ id: AssignmentID, in store: some StoreQueries, now: Instant) throws -> AssignmentView? {
        guard let assignment = try store.assignment(id) else { return nil }
        return AssignmentView(assignment, title: try store.order(id.order)?.title, now: now)
    }
}
