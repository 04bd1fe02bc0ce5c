//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("The roll-up")
struct RollUpTests {
    /// An order for one cell down to its three group leaders, all mail delivered.
    private struct Cell {
        var grid = MemoryGrid()
        let root: AssignmentID
        let leader = SampleGrid.cellLeader(1, 1)
        var cell: AssignmentID { root.leg(1) }

        init(signOff: [String] = [], rollUp: RollUp = .automatic) {
            root = grid.issue(SampleGrid.draft(to: "group-leader", signOff: signOff, rollUp: rollUp))
            grid.deliverAll()
        }

        func group(_ ordinal: Int) -> AssignmentID { cell.leg(ordinal) }

        mutating func group(_ ordinal: Int, _ verb: CommandVerb) {
            grid.act(verb, group(ordinal), by: SampleGrid.groupLeader(1, 1, ordinal))
            grid.deliverAll()
        }

        mutating func leader(_ verb: CommandVerb, _ id: AssignmentID, post: PostAddress? = nil) -> Decision {
            let decision = grid.act(verb, id, by: leader, post: post)
            grid.deliverAll()
            return decision
        }
    }

    @Test("When the last leg completes, everything above completes in turn")
    func automatic() throws {
        var cell = Cell()
        for ordinal in 1...3 {
            #expect(cell.grid.state(cell.cell) == .issued)
            cell.group(ordinal, .complete)
        }
        #expect(cell.grid.state(cell.cell) == .completed)
        #expect(cell.grid.state(cell.root) == .completed)
        let lines = try #require(cell.grid.history[cell.root])
        #expect(lines.suffix(2).map(\.event) == [.legCompleted, .completed])
        #expect(lines.last?.actor == nil)
        #expect(cell.grid.assignments[cell.cell]?.acceptedAt == cell.grid.now)
        #expect(GridInvariants.brokenAtRest(cell.grid) == [])
    }

    @Test(
        "The parent completes in the transaction that handles the last leg's report, under identifiers derived from it"
    )
    func sameTransaction() {
        var cell = Cell()
        cell.group(1, .complete)
        cell.group(2, .complete)
        cell.grid.act(.complete, cell.group(3), by: SampleGrid.groupLeader(1, 1, 3))
        let report = cell.grid.mail[0]
        let decision = cell.grid.deliver(at: 0)
        #expect(decision.assignment?.state == .completed)
        #expect(decision.outgoing.map(\.id.text) == ["\(report.id)/1"])
        #expect(decision.outgoing.first?.body.event == .completed)
    }

    @Test("With roll-up byHolder, the holder is asked once all legs are in, and sums up")
    func byHolder() {
        var cell = Cell(rollUp: .byHolder)
        for ordinal in 1...3 { cell.group(ordinal, .complete) }
        #expect(cell.grid.state(cell.cell) == .issued)
        #expect(cell.grid.events(cell.cell).last == .offered)
        let offers = cell.grid.sent.filter { $0.body.event == .offered }
        #expect(offers.map(\.target) == [cell.leader])
        #expect(cell.grid.assignments[cell.cell]?.waitingOn == cell.leader)
        #expect(cell.leader(.complete, cell.cell).outcome == .applied)
        #expect(cell.grid.state(cell.cell) == .completed)
        #expect(cell.grid.state(cell.root) == .accepted)
    }

    @Test("Where the order asks for sign-off, a leg is submitted, and counts when it is signed off")
    func signOff() {
        var cell = Cell(signOff: ["group-leader", "cell-leader"])
        for ordinal in 1...3 { cell.group(ordinal, .complete) }
        #expect(cell.grid.assignments[cell.cell]?.legs.submitted == 3)
        #expect(cell.grid.assignments[cell.group(1)]?.waitingOn == cell.leader)
        #expect(cell.grid.assignments[cell.cell]?.waitingOn == cell.leader)
        for ordinal in 1...3 { #expect(cell.leader(.signOff, cell.group(ordinal)).outcome == .applied) }
        #expect(cell.grid.state(cell.group(1)) == .completed)
        #expect(cell.grid.state(cell.cell) == .submitted)
        #expect(cell.grid.state(cell.root) == .accepted)
    }

    @Test("After a rework the roll-up is the holder's, even where it is automatic")
    func rework() {
        var cell = Cell(signOff: ["cell-leader"])
        for ordinal in 1...3 { cell.group(ordinal, .complete) }
        cell.grid.act(.rework, cell.cell, by: SampleGrid.street)
        cell.grid.deliverAll()
        #expect(cell.grid.state(cell.cell) == .accepted)
        #expect(cell.grid.assignments[cell.cell]?.rework == 1)
        #expect(cell.grid.assignments[cell.cell]?.waitingOn == cell.leader)
        #expect(cell.leader(.complete, cell.cell).outcome == .applied)
        #expect(cell.grid.legs[cell.cell]?.state == .submitted)
        cell.grid.act(.signOff, cell.cell, by: SampleGrid.street)
        cell.grid.deliverAll()
        #expect(cell.grid.state(cell.root) == .completed)
    }

    @Test("After a rework an answer to an escalation does not complete it either: the holder is asked")
    func reworkThenAnswer() {
        var cell = Cell(signOff: ["cell-leader"])
        for ordinal in 1...3 { cell.group(ordinal, .complete) }
        cell.grid.act(.rework, cell.cell, by: SampleGrid.street)
        cell.grid.deliverAll()
        _ = cell.leader(.escalate, cell.cell)
        cell.grid.act(.answer, cell.cell, by: SampleGrid.community(1), answer: .carryOn)
        cell.grid.deliverAll()
        #expect(cell.grid.state(cell.cell) == .accepted)
        #expect(cell.grid.events(cell.cell).last == .offered)
    }

    @Test("Recalling the last open leg rolls up what the others completed")
    func recallOfTheLast() {
        var cell = Cell()
        cell.group(1, .complete)
        cell.group(2, .complete)
        _ = cell.leader(.recall, cell.group(3))
        #expect(cell.grid.state(cell.cell) == .completed)
    }

    @Test("Where every leg was recalled nothing is rolled up: the holder is asked")
    func allRecalled() {
        var cell = Cell()
        for ordinal in 1...3 { _ = cell.leader(.recall, cell.group(ordinal)) }
        #expect(cell.grid.state(cell.cell) == .issued)
        #expect(cell.grid.assignments[cell.cell]?.waitingOn == cell.leader)
        #expect(cell.leader(.complete, cell.cell).outcome == .applied)
    }

    @Test("A holder cannot complete over legs that are still worked on")
    func legsOpen() throws {
        var cell = Cell()
        cell.group(1, .complete)
        let refusal = try #require(cell.leader(.complete, cell.cell).refusal)
        #expect(refusal.reason == .legsOpen)
        #expect(refusal.detail.hasPrefix("2 legs below are still open"))
    }

    // MARK: Legs given back

    /// Two legs completed, the third given back.
    private func withReturnedLeg() -> Cell {
        var cell = Cell()
        cell.group(1, .complete)
        cell.group(3, .return)
        cell.group(2, .complete)
        return cell
    }

    @Test("A returned leg holds the roll-up until its issuer settles it")
    func returnedLegHolds() {
        let cell = withReturnedLeg()
        #expect(cell.grid.state(cell.cell) == .issued)
        #expect(cell.grid.assignments[cell.cell]?.waitingOn == cell.leader)
    }

    @Test("A returned leg that is reassigned is done by another, and then rolled up")
    func reassigned() {
        var cell = withReturnedLeg()
        let decision = cell.leader(.reassign, cell.group(3), post: SampleGrid.groupLeader(1, 1, 2))
        #expect(decision.outgoing.map(\.body.event) == [.issued])
        #expect(cell.grid.assignments[cell.group(4)]?.area == SampleGrid.groupLeader(1, 1, 3).code)
        cell.grid.act(.complete, cell.group(4), by: SampleGrid.groupLeader(1, 1, 2))
        cell.grid.deliverAll()
        #expect(cell.grid.state(cell.cell) == .completed)
    }

    @Test("A returned leg may go back to the post that returned it")
    func sentBackToTheSame() {
        var cell = withReturnedLeg()
        let post = SampleGrid.groupLeader(1, 1, 3)
        #expect(cell.leader(.reassign, cell.group(3), post: post).outcome == .applied)
        #expect(cell.grid.assignments[cell.group(4)]?.post == post)
    }

    @Test("A returned leg that is recalled is done without")
    func recalled() {
        var cell = withReturnedLeg()
        let decision = cell.leader(.recall, cell.group(3))
        #expect(!decision.outgoing.contains { $0.body.event == .recalled })
        #expect(cell.grid.state(cell.cell) == .completed)
    }

    @Test("A returned leg is settled when the holder does it and completes")
    func doneByTheHolder() {
        var cell = withReturnedLeg()
        #expect(cell.leader(.complete, cell.cell).outcome == .applied)
        #expect(cell.grid.legs[cell.group(3)]?.state == .recalled)
        #expect(cell.grid.state(cell.root) == .completed)
        #expect(GridInvariants.brokenAtRest(cell.grid) == [])
    }

    @Test("What is escalated is not rolled up before it is answered")
    func escalated() {
        var cell = Cell()
        _ = cell.leader(.escalate, cell.cell)
        for ordinal in 1...3 { cell.group(ordinal, .complete) }
        #expect(cell.grid.state(cell.cell) == .escalated)
        cell.grid.act(.answer, cell.cell, by: SampleGrid.community(1), answer: .carryOn)
        cell.grid.deliverAll()
        #expect(cell.grid.state(cell.cell) == .completed)
        #expect(cell.grid.state(cell.root) == .completed)
        #expect(GridInvariants.brokenAtRest(cell.grid) == [])
    }
}
