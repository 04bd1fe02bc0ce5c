//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Urging")
struct UrgeTests {
    private func order() -> (grid: MemoryGrid, cell: AssignmentID) {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(to: "liaison", signOff: ["group-leader"]))
        grid.deliverAll()
        return (grid, root.leg(1))
    }

    private func urged(_ grid: MemoryGrid) -> [PostAddress] {
        grid.sent.filter { $0.body.event == .urged }.map(\.target)
    }

    @Test("An urge travels down to everybody who holds it up, and to nobody who is done")
    func down() {
        var (grid, cell) = order()
        for point in 1...3 { grid.act(.complete, cell.leg(1).leg(point), by: SampleGrid.liaison(1, 1, 1, point)) }
        grid.act(.complete, cell.leg(2).leg(1), by: SampleGrid.liaison(1, 1, 2, 1))
        grid.deliverAll()
        grid.act(.urge, cell, by: SampleGrid.street)
        grid.deliverAll()
        let expected =
            [SampleGrid.cellLeader(1, 1), SampleGrid.groupLeader(1, 1, 2), SampleGrid.groupLeader(1, 1, 3)]
            + [2, 3].map { SampleGrid.liaison(1, 1, 2, $0) } + (1...3).map { SampleGrid.liaison(1, 1, 3, $0) }
        #expect(urged(grid) == expected)
        #expect(grid.events(cell.leg(2).leg(2)).last == .urged)
    }

    @Test("An urge of what is escalated goes to the superior, and not back to a superior who urges")
    func escalated() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.urge, desk.leg, by: Desk.issuer)
        desk.grid.deliverAll()
        #expect(urged(desk.grid) == [Desk.holder, Desk.superior])
        desk.grid.act(.urge, desk.leg, by: Desk.superior)
        desk.grid.deliverAll()
        #expect(urged(desk.grid) == [Desk.holder, Desk.superior, Desk.holder])
    }

    @Test("An urge of what waits for its issuer's sign-off goes to the issuer", arguments: MemoryGrid.Hosting.allCases)
    func submitted(hosting: MemoryGrid.Hosting) {
        var grid = MemoryGrid(hosting: hosting)
        let root = grid.issue(SampleGrid.draft(signOff: ["cell-leader"]))
        grid.deliverAll()
        grid.act(.complete, root.leg(1), by: Desk.holder)
        grid.deliverAll()
        #expect(grid.act(.urge, root.leg(1), by: Desk.superior).outcome == .applied)
        grid.deliverAll()
        #expect(urged(grid) == [Desk.holder, Desk.issuer])
        #expect(grid.history[root]?.last?.leg == root.leg(1))
        #expect(grid.waiting.isEmpty && grid.dead.isEmpty)
    }

    @Test("An urge reaches a superior on another node, and is kept on its page")
    func otherNode() {
        var grid = MemoryGrid(hosting: .nodePerCommunity)
        let root = grid.issue(SampleGrid.draft(), by: SampleGrid.community(1))
        grid.deliverAll()
        grid.act(.escalate, root, by: SampleGrid.community(1))
        grid.deliverAll()
        #expect(grid.act(.urge, root, by: SampleGrid.community(1)).outcome == .applied)
        grid.deliverAll()
        #expect(urged(grid) == [SampleGrid.street])
        #expect(grid.waiting.isEmpty && grid.dead.isEmpty)
    }

    @Test("An urge that overtakes its assignment waits for it")
    func overtaking() {
        var desk = Desk(leg: nil)
        desk.grid.act(.urge, desk.leg, by: Desk.issuer)
        #expect(desk.grid.deliver(.urged)?.outcome == .waiting(for: desk.leg))
        desk.grid.deliverAll()
        #expect(desk.grid.waiting.isEmpty)
        #expect(desk.grid.events(desk.leg) == [.issued, .urged])
    }

    @Test("An issuer's urge stands on the issuer's own page, with the leg")
    func issuersPage() throws {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.urge, desk.leg, by: Desk.issuer)
        let line = try #require(desk.grid.history[desk.root]?.last)
        #expect(line.event == .urged && line.leg == desk.leg && line.actor == Desk.issuer)
    }

    @Test("A superior that has no page of it names the holder")
    func byName() {
        var grid = MemoryGrid(hosting: .nodePerCommunity)
        let root = grid.issue(SampleGrid.draft(to: "liaison"))
        grid.deliverAll()
        let leg = root.leg(1).leg(1)
        let unnamed = grid.act(.urge, leg, by: SampleGrid.street)
        #expect(unnamed.refusal?.reason == .unknownAssignment)
        let named = grid.act(.urge, leg, by: SampleGrid.street, post: SampleGrid.groupLeader(1, 1, 1))
        #expect(named.outgoing.map(\.target) == [SampleGrid.groupLeader(1, 1, 1)])
        let notBelow = grid.act(.urge, leg, by: SampleGrid.community(2), post: SampleGrid.groupLeader(1, 1, 1))
        #expect(notBelow.refusal?.reason == .notYours)
    }
}
