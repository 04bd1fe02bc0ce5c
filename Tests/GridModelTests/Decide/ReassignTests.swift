//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Reassignment")
struct ReassignTests {
    @Test("A new holder gets the same area under the next ordinal, and cascades over that area")
    func area() throws {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(to: "group-leader"))
        grid.deliverAll()
        grid.act(.reassign, root.leg(1), by: SampleGrid.street, post: Desk.stranger)
        grid.deliverAll()
        let new = try #require(grid.assignments[root.leg(2)])
        #expect(new.post == Desk.stranger && new.area == Desk.holder.code)
        #expect(
            grid.children[root.leg(2)]?.compactMap { grid.legs[$0]?.post }
                == (1...3).map { SampleGrid.groupLeader(1, 1, $0) }
        )
        #expect(grid.children[root.leg(1)]?.compactMap { grid.state($0) } == [.recalled, .recalled, .recalled])
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test(
        "Only another post of the same role inside the issuer's area can take a leg over",
        arguments: [
            SampleGrid.groupLeader(1, 1, 1), SampleGrid.community(1), SampleGrid.cellLeader(2, 1),
            SampleGrid.cellLeader(1, 9), SampleGrid.cellLeader(1, 1),
        ]
    )
    func wrongPost(post: PostAddress) {
        var grid = MemoryGrid()
        let office = SampleGrid.community(1)
        let root = grid.issue(SampleGrid.draft(), by: office)
        grid.deliverAll()
        let decision = grid.act(.reassign, root.leg(1), by: office, post: post)
        #expect(decision.refusal?.reason == .invalid)
        #expect(decision.refusal?.detail.contains(post.description) == true)
    }

    @Test("A leg reassigned late gets its time to acknowledge anew, but never beyond the deadline")
    func timeAnew() throws {
        var desk = Desk(leg: .issued, acceptWithinHours: 10, dueWithinHours: 100)
        let issuedAt = desk.grid.now
        desk.grid.now = issuedAt.adding(milliseconds: 12 * SampleGrid.hour)
        desk.grid.act(.reassign, desk.leg, by: Desk.issuer, post: Desk.stranger)
        desk.grid.deliverAll()
        let second = try #require(desk.grid.assignments[desk.root.leg(2)])
        #expect(second.acceptBy == issuedAt.adding(milliseconds: 22 * SampleGrid.hour))
        desk.grid.now = issuedAt.adding(milliseconds: 95 * SampleGrid.hour)
        desk.grid.act(.reassign, desk.root.leg(2), by: Desk.issuer, post: Desk.holder)
        desk.grid.deliverAll()
        let third = try #require(desk.grid.assignments[desk.root.leg(3)])
        #expect(third.acceptBy == third.dueAt)
    }

    @Test("A leg reassigned after its deadline is overdue from the start, which is no news to escalate")
    func afterTheDeadline() throws {
        var desk = Desk(leg: .accepted, acceptWithinHours: nil, dueWithinHours: 10)
        desk.grid.now = desk.grid.now.adding(milliseconds: 12 * SampleGrid.hour)
        desk.grid.act(.reassign, desk.leg, by: Desk.issuer, post: Desk.stranger)
        desk.grid.deliverAll()
        let new = try #require(desk.grid.assignments[desk.root.leg(2)])
        #expect(new.isOverdue(at: desk.grid.now))
        #expect(desk.grid.timers(of: new.id).isEmpty)
    }

    @Test("The old holder's superior is told that no answer is needed any more")
    func escalated() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.reassign, desk.leg, by: Desk.issuer, post: Desk.stranger)
        desk.grid.deliverAll()
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.superior)?.state == .withdrawn)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("A return that crosses its reassignment changes nothing about the new leg")
    func crossing() {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.reassign, desk.leg, by: Desk.issuer, post: Desk.stranger)
        desk.grid.act(.return, desk.leg, by: Desk.holder)
        desk.grid.deliverAll()
        #expect(desk.grid.state(desk.leg) == .returned)
        #expect(desk.grid.legs[desk.leg]?.state == .recalled)
        #expect(desk.grid.state(desk.root.leg(2)) == .issued)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }
}
