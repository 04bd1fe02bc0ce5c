//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Recall")
struct RecallTests {
    /// An order for one cell down to its nine liaisons, all mail delivered, some of them further than others.
    private func halfDone() -> (grid: MemoryGrid, root: AssignmentID) {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(to: "liaison", signOff: ["liaison"], dueWithinHours: 48))
        grid.deliverAll()
        let group = root.leg(1).leg(1)
        let liaisons = (1...3).map { SampleGrid.liaison(1, 1, 1, $0) }
        grid.act(.complete, group.leg(1), by: liaisons[0])
        grid.act(.escalate, group.leg(2), by: liaisons[1])
        grid.act(.return, group.leg(3), by: liaisons[2])
        grid.deliverAll()
        grid.act(.signOff, group.leg(1), by: SampleGrid.groupLeader(1, 1, 1))
        grid.deliverAll()
        grid.act(.complete, root.leg(1).leg(2).leg(1), by: SampleGrid.liaison(1, 1, 2, 1))
        grid.deliverAll()
        return (grid, root)
    }

    @Test("A whole order is recalled all the way down; what is done stays done")
    func wholeTree() throws {
        var (grid, root) = halfDone()
        let decision = grid.act(.recall, root, by: SampleGrid.street)
        #expect(decision.outgoing.map(\.target) == [SampleGrid.cellLeader(1, 1)])
        grid.deliverAll()
        let states = Dictionary(grouping: grid.ids) { grid.state($0) }.mapValues(\.count)
        #expect(states == [.recalled: 12, .completed: 1, .returned: 1])
        #expect(grid.timers.isEmpty)
        let told = grid.sent.filter { $0.body.event == .recalled }.map(\.assignment)
        #expect(Set(told).count == told.count && told.count == 11, "all but the root, the done and the given back")
        #expect(grid.assignments.values.allSatisfy { $0.waitingOn == nil })
        let group = try #require(grid.assignments[root.leg(1).leg(1)])
        #expect(group.legs.completed == 1 && group.legs.recalled == 2)
        #expect(grid.escalation(of: group.id.leg(2), at: group.post)?.state == .withdrawn)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("A leg half way down is recalled with what is below it, and nothing else")
    func halfWayDown() {
        var (grid, root) = halfDone()
        grid.act(.recall, root.leg(1).leg(2), by: SampleGrid.cellLeader(1, 1))
        grid.deliverAll()
        #expect(grid.state(root.leg(1)) == .issued)
        #expect(grid.state(root.leg(1).leg(2)) == .recalled)
        #expect((1...3).allSatisfy { grid.state(root.leg(1).leg(2).leg($0)) == .recalled })
        #expect(grid.state(root.leg(1).leg(3).leg(1)) == .issued)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("A holder that gives back takes its own legs back")
    func giveBack() {
        var (grid, root) = halfDone()
        grid.act(.return, root.leg(1), by: SampleGrid.cellLeader(1, 1))
        grid.deliverAll()
        #expect(grid.state(root.leg(1)) == .returned)
        #expect(grid.state(root.leg(1).leg(3).leg(3)) == .recalled)
        #expect(grid.legs[root.leg(1)]?.state == .returned)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("A recall that overtakes its issue leaves a tombstone, and the issue changes nothing any more")
    func tombstone() throws {
        var desk = Desk(leg: nil)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliver(.recalled)
        let tombstone = try #require(desk.assignment)
        #expect(tombstone.isTombstone && tombstone.state == .recalled && tombstone.waitingOn == nil)
        #expect(desk.grid.deliver(.issued)?.outcome == .ignored)
        #expect(desk.assignment == tombstone)
        #expect(desk.grid.timers(of: desk.leg).isEmpty)
        #expect(desk.grid.events(desk.leg) == [.recalled, .ignored])
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("Nothing can be done with a tombstone", arguments: [CommandVerb.acknowledge, .complete, .return, .escalate])
    func onTombstone(verb: CommandVerb) {
        var desk = Desk(leg: nil)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliver(.recalled)
        #expect(desk.grid.act(verb, desk.leg, by: Desk.holder).refusal?.reason == .alreadyFinal)
    }

    @Test("A completion that crosses a recall stands on both sides")
    func crossingCompletion() {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(rollUp: .byHolder))
        grid.deliverAll()
        grid.act(.complete, root.leg(1), by: Desk.holder)
        grid.act(.recall, root.leg(1), by: Desk.issuer)
        #expect(grid.legs[root.leg(1)]?.state == .recalled)
        grid.deliver(.recalled)
        grid.deliverAll()
        #expect(grid.state(root.leg(1)) == .completed)
        #expect(grid.legs[root.leg(1)]?.state == .completed)
        #expect(grid.assignments[root]?.legs.completed == 1)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("A submission that crosses a recall is recalled: nobody would sign it off")
    func crossingSubmission() {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliverAll()
        #expect(desk.grid.state(desk.leg) == .recalled)
        #expect(desk.grid.legs[desk.leg]?.state == .recalled)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("A completion of the last leg that crosses the recall of everything stays on record")
    func crossingRootRecall() {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft())
        grid.deliverAll()
        grid.act(.complete, root.leg(1), by: Desk.holder)
        grid.act(.recall, root, by: Desk.issuer)
        grid.deliverAll()
        #expect(grid.state(root) == .recalled)
        #expect(grid.state(root.leg(1)) == .completed)
        #expect(grid.assignments[root]?.legs.completed == 1)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }
}
