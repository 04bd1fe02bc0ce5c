//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel

/// A leg in a given state, with everybody who could have to do with it being somebody else: a cell leader's, issued by
/// the street, supervised by the community.
struct Desk {
    static let holder = SampleGrid.cellLeader(1, 1)
    static let issuer = SampleGrid.street
    static let superior = SampleGrid.community(1)
    static let stranger = SampleGrid.cellLeader(1, 2)
    static let names = [holder: "holder", issuer: "issuer", superior: "superior", stranger: "stranger"]
    static let actors = ["holder": holder, "issuer": issuer, "superior": superior, "stranger": stranger]

    var grid = MemoryGrid()
    let root: AssignmentID
    let leg: AssignmentID

    /// Sets a desk up, with all mail delivered.
    ///
    /// The root is summed up by its holder, so that it stays open whatever becomes of its only leg.
    ///
    /// - Parameter state: The leg's state; nil when it has been issued and has not arrived.
    init(leg state: AssignmentState?, acceptWithinHours: Int64? = 10, dueWithinHours: Int64? = 100) {
        root = grid.issue(
            SampleGrid.draft(
                signOff: ["cell-leader"],
                rollUp: .byHolder,
                acceptWithinHours: acceptWithinHours,
                dueWithinHours: dueWithinHours
            )
        )
        leg = root.leg(1)
        guard let state else { return }
        grid.deliverAll()
        switch state {
        case .issued: break
        case .accepted: grid.act(.acknowledge, leg, by: Self.holder)
        case .submitted: grid.act(.complete, leg, by: Self.holder)
        case .escalated: grid.act(.escalate, leg, by: Self.holder)
        case .completed:
            grid.act(.complete, leg, by: Self.holder)
            grid.deliverAll()
            grid.act(.signOff, leg, by: Self.issuer)
        case .returned: grid.act(.return, leg, by: Self.holder)
        case .recalled: grid.act(.recall, leg, by: Self.issuer)
        }
        grid.deliverAll()
        precondition(grid.state(leg) == state && grid.legs[leg]?.state == state, "the desk is not set up")
    }

    /// The leg as its holder has it.
    var assignment: Assignment? { grid.assignments[leg] }
}
