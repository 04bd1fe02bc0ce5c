//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Issuing and the cascade")
struct CascadeTests {
    @Test(
        "An order goes as far down as it says",
        arguments: [("cell-leader", 0, 0), ("group-leader", 3, 0), ("liaison", 3, 9)]
    )
    func depth(role: String, groups: Int, liaisons: Int) {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(to: role))
        grid.deliverAll()
        let depths = grid.ids.map(\.depth)
        #expect(depths.count { $0 == 1 } == 1)
        #expect(depths.count { $0 == 2 } == groups)
        #expect(depths.count { $0 == 3 } == liaisons)
        #expect(grid.assignments.count == grid.ids.count)
        #expect(grid.state(root) == .accepted)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("The root is accepted by its issuer, and its legs go out in the order of their codes")
    func root() throws {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(scope: ["310105002"], acceptWithinHours: 4, dueWithinHours: 48))
        #expect(root.text == "310105002-20261123-0001")
        let expected = (1...2).flatMap { community in (1...3).map { SampleGrid.cellLeader(community, $0) } }
        #expect(grid.mail.map(\.target) == expected)
        #expect(grid.mail.map(\.id.text) == (1...6).map { "\(SampleGrid.street)/1/\($0)" })
        #expect(grid.events(root) == [.issued, .acknowledged] + Array(repeating: .legIssued, count: 6))
        #expect(Set(grid.timers(of: root).keys) == [.dueUrge, .dueExpired])
        let assignment = try #require(grid.assignments[root])
        #expect(assignment.issuer == nil && assignment.legs.issued == 6 && assignment.waitingOn == nil)
    }

    @Test("A leg's mail carries all its holder needs: the whole order, the area, the deadlines")
    func issuedMail() throws {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(acceptWithinHours: 4, dueWithinHours: 48))
        guard case .issued(let body)? = grid.mail.first?.body else {
            Issue.record("nothing was issued")
            return
        }
        #expect(body.order.id == root.order)
        #expect(body.order.title == "Check the fire lanes")
        #expect(body.area == SampleGrid.cellLeader(1, 1).code)
        #expect(body.acceptBy == grid.now.adding(milliseconds: 4 * SampleGrid.hour))
        #expect(body.dueAt == grid.now.adding(milliseconds: 48 * SampleGrid.hour))
        grid.deliverAll()
        let leg = try #require(grid.assignments[root.leg(1)])
        #expect(leg.issuer == SampleGrid.street && leg.area == body.area && leg.acceptBy == body.acceptBy)
    }

    @Test("Orders of a day are numbered on, and each issuer numbers its own")
    func numbers() {
        var grid = MemoryGrid()
        #expect(grid.issue(SampleGrid.draft()).text == "310105002-20261123-0001")
        #expect(grid.issue(SampleGrid.draft()).text == "310105002-20261123-0002")
        #expect(grid.issue(SampleGrid.draft(), by: SampleGrid.community(1)).text == "310105002001-20261123-0001")
        grid.pass(hours: 24)
        #expect(grid.issue(SampleGrid.draft()).text == "310105002-20261124-0001")
    }

    @Test("With cascade onAcceptance, legs are issued when the holder acknowledges, once")
    func onAcceptance() {
        var grid = MemoryGrid()
        let leg = grid.issue(SampleGrid.draft(to: "liaison", mode: .onAcceptance)).leg(1)
        grid.deliverAll()
        #expect(grid.children[leg] == nil)
        let decision = grid.act(.acknowledge, leg, by: SampleGrid.cellLeader(1, 1))
        #expect(decision.outgoing.map(\.body.event) == [.acknowledged, .issued, .issued, .issued])
        #expect(decision.legs.map(\.post) == (1...3).map { SampleGrid.groupLeader(1, 1, $0) })
        grid.deliverAll()
        #expect(grid.children[leg.leg(1)] == nil)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("An acceptance implied by an answer issues the legs too")
    func impliedAcceptance() {
        var grid = MemoryGrid()
        let leg = grid.issue(SampleGrid.draft(to: "group-leader", mode: .onAcceptance)).leg(1)
        grid.deliverAll()
        grid.act(.escalate, leg, by: SampleGrid.cellLeader(1, 1))
        grid.deliverAll()
        grid.act(.answer, leg, by: SampleGrid.community(1), answer: .carryOn)
        grid.deliverAll()
        #expect(grid.children[leg]?.count == 3)
        #expect(grid.events(leg).count { $0 == .acknowledged } == 1)
        grid.act(.escalate, leg, by: SampleGrid.cellLeader(1, 1))
        grid.deliverAll()
        grid.act(.answer, leg, by: SampleGrid.community(1), answer: .carryOn)
        grid.deliverAll()
        #expect(grid.children[leg]?.count == 3)
    }

    @Test("A holder who completes at once has not issued anything onAcceptance")
    func completedAtOnce() {
        var grid = MemoryGrid()
        let leg = grid.issue(SampleGrid.draft(to: "liaison", mode: .onAcceptance)).leg(1)
        grid.deliverAll()
        grid.act(.complete, leg, by: SampleGrid.cellLeader(1, 1))
        grid.deliverAll()
        #expect(grid.state(leg) == .completed)
        #expect(grid.children[leg] == nil)
        #expect(grid.events(leg) == [.issued, .acknowledged, .completed])
    }

    @Test("A community may issue orders of its own; the street is their superior")
    func community() {
        var grid = MemoryGrid()
        let office = SampleGrid.community(1)
        let root = grid.issue(SampleGrid.draft(scope: ["310105002001"]), by: office)
        grid.deliverAll()
        #expect(grid.children[root]?.count == 3)
        let decision = grid.act(.escalate, root, by: office)
        #expect(decision.outgoing.map(\.target) == [SampleGrid.street])
    }

    @Test("An unsound order is refused with all its problems, and nothing is kept")
    func unsound() throws {
        var grid = MemoryGrid()
        var draft = SampleGrid.draft(scope: ["310105002009"], to: "mayor")
        draft.title = " "
        let decision = grid.command(.issue(draft), by: SampleGrid.street)
        let refusal = try #require(decision.refusal)
        #expect(refusal.reason == .invalid)
        for part in ["title", "cascade.to", "scope/0"] { #expect(refusal.detail.contains(part)) }
        #expect(decision.order == nil && decision.history.isEmpty && grid.ids.isEmpty)
    }

    @Test("Who has nobody below cannot issue", arguments: [SampleGrid.liaison(1, 1, 1, 1), Desk.stranger])
    func nobodyBelow(post: PostAddress) {
        var grid = MemoryGrid()
        var draft = SampleGrid.draft(scope: [post.code.digits])
        draft.cascade.to = "cell-leader"
        #expect(grid.command(.issue(draft), by: post).refusal?.reason == .invalid)
    }
}
