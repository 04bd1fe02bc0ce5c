//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What `decide` looks at: the rows of one post's page that a message concerns.
package struct Page: Sendable {
    /// The work order, when an assignment of it is known here.
    package var order: WorkOrder?
    /// The assignment as its holder has it.
    package var assignment: Assignment?
    /// The legs of `assignment` that are open: not final, or given back and not settled. Sorted by ordinal.
    package var openLegs: [Leg] = []
    /// The issuer's assignment that `leg` was issued from.
    package var parent: Assignment?
    /// The assignment as its issuer sees it.
    package var leg: Leg?
    /// The newest escalation of the assignment at the superior asked for.
    package var escalation: Escalation?
    /// The last number that is taken of the day's case numbers of the unit whose post gives an `issue` command.
    package var lastNumber = 0

    /// Creates an empty page.
    package init() {}
}

/// Which rows a message needs. The store loads them inside the transaction that handles it.
package struct PageQuery: Hashable, Sendable {
    /// Which escalation to load: the newest of an assignment at a superior.
    package struct EscalationKey: Hashable, Sendable {
        /// The assignment escalated.
        package let assignment: AssignmentID
        /// Whose page it stands on.
        package let superior: PostAddress
    }

    /// Whose case numbers of which day.
    package struct DayKey: Hashable, Sendable {
        /// The issuing post.
        package let issuer: PostAddress
        /// The day.
        package let day: CalendarDay
    }

    /// The assignment to load from its holder's page.
    package var assignment: AssignmentID?
    /// Whether to load its open legs too.
    package var openLegs = false
    /// The leg to load from its issuer's page, with the assignment it was issued from.
    package var leg: AssignmentID?
    /// The escalation to load.
    package var escalation: EscalationKey?
    /// The case numbers of which to find the last.
    package var numbersOfDay: DayKey?

    /// Creates a query for nothing.
    package init() {}
}
