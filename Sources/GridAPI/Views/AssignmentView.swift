//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// An assignment as the API and the commands tell it.
package struct AssignmentView: Encodable, Sendable {
    /// The identifier.
    package let id: AssignmentID
    /// The work order it is part of.
    package let order: OrderID
    /// The work order's title; nil where only a recall came.
    package let title: String?
    /// The post that holds it.
    package let post: PostAddress
    /// The post that issued it; nil for a root.
    package let issuer: PostAddress?
    /// The area it is about.
    package let area: UnitCode
    /// Where it stands.
    package let state: AssignmentState
    /// Counts the changes of state.
    package let revision: Int
    /// The deadline's light.
    package let light: Light
    /// Who is holding it up.
    package let waitingOn: PostAddress?
    /// Whose answer is awaited.
    package let escalatedTo: PostAddress?
    /// How often it was sent back for rework.
    package let rework: Int
    /// Its legs by state.
    package let legs: LegCounts
    /// Until when it is to be acknowledged.
    package let acceptBy: Instant?
    /// Until when it is to be done.
    package let dueAt: Instant?
    /// When it was issued.
    package let issuedAt: Instant
    /// When it was acknowledged.
    package let acceptedAt: Instant?
    /// When it was completed.
    package let completedAt: Instant?
    /// When the page last changed.
    package let updatedAt: Instant

    /// A deadline's light: green to 80 % of the time, yellow to its end, red after it.
    package enum Light: String, Encodable, Sendable, CaseIterable {
        case none, green, yellow, red

        /// The light of work that is not over.
        init(issuedAt: Instant, dueAt: Instant?, isLate: Bool, at now: Instant) {
            guard let dueAt else {
                self = isLate ? .red : .none
                return
            }
            let whole = dueAt.milliseconds - issuedAt.milliseconds
            let spent = now.milliseconds - issuedAt.milliseconds
            self = isLate ? .red : spent * 5 > whole * 4 ? .yellow : .green
        }

        /// The one that is more pressing.
        static func worst(_ left: Light, _ right: Light) -> Light {
            allCases.last { $0 == left || $0 == right } ?? left
        }
    }

    /// Tells an assignment as of `now`.
    package init(_ assignment: Assignment, title: String?, now: Instant) {
        id = assignment.id
        order = assignment.id.order
        self.title = title
        post = assignment.post
        issuer = assignment.issuer
        area = assignment.area
        state = assignment.state
        revision = assignment.revision
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
        updatedAt = assignment.updatedAt
    }

    /// The light of an assignment: of its acknowledgement first, then of its completion.
    static func light(of assignment: Assignment, at now: Instant) -> Light {
        guard !assignment.state.isFinal else { return .none }
        return Light(
            issuedAt: assignment.issuedAt,
            dueAt: assignment.acceptLimit(at: now) ?? assignment.dueAt,
            isLate: assignment.isOverdue(at: now),
            at: now
        )
    }
}

extension AssignmentView {
    /// Reads an assignment; nil when this state file does not hold it.
    package static func read(_ id: AssignmentID, in store: some StoreQueries, now: Instant) throws -> AssignmentView? {
        guard let assignment = try store.assignment(id) else { return nil }
        return AssignmentView(assignment, title: try store.order(id.order)?.title, now: now)
    }
}
