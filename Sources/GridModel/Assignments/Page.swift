//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What `decide` looks at: the rows of one post's page that a message concerns.
package struct Page: Sendable {
    /// The work order, when an assignment of it is known here.
    package var order: WorkOrder?
    /// The assignment the message is about or, for an issuer, the one that the leg belongs to.
    package var assignment: Assignment?
    /// The legs asked for.
    package var legs: [Leg] = []
    /// The escalation asked for.
    package var escalation: Escalation?
    /// How many orders the issuer has issued on the day of an `issue` command.
    package var ordersOfDay = 0

    /// Creates an empty page.
    package init() {}
}

/// Which rows a message needs. The store loads them inside the transaction that handles it.
package struct PageQuery: Hashable, Sendable {
    /// Which legs to load.
    package enum Legs: Hashable, Sendable {
        case none
        case one(AssignmentID)
        /// Those that are not final, or given back and not settled.
        case open
    }

    /// Which escalation to load: the newest of an assignment at a superior.
    package struct EscalationKey: Hashable, Sendable {
        package let assignment: AssignmentID
        package let superior: PostAddress
    }

    /// Whose orders of which day to count.
    package struct DayKey: Hashable, Sendable {
        package let issuer: PostAddress
        package let day: CalendarDay
    }

    /// The assignment to load.
    package var assignment: AssignmentID?
    /// Its legs to load.
    package var legs = Legs.none
    /// The escalation to load.
    package var escalation: EscalationKey?
    /// The orders to count.
    package var ordersOfDay: DayKey?
}
