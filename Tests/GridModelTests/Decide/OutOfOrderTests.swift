//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Late, early and repeated")
struct OutOfOrderTests {
    @Test("A command that is quicker than its assignment waits and is carried out when that arrives")
    func waits() {
        var desk = Desk(leg: nil)
        let decision = desk.grid.act(.acknowledge, desk.leg, by: Desk.holder)
        #expect(decision.outcome == .waiting(for: desk.leg))
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .accepted)
        #expect(desk.grid.legs[desk.leg]?.state == .accepted)
    }

    @Test("An issuer's command about a leg that it has not issued yet waits too")
    func issuerWaits() {
        var grid = MemoryGrid()
        let cell = grid.issue(SampleGrid.draft(to: "group-leader")).leg(1)
        let decision = grid.act(.recall, cell.leg(1), by: SampleGrid.cellLeader(1, 1))
        #expect(decision.outcome == .waiting(for: cell.leg(1)))
        grid.deliverAll()
        #expect(grid.state(cell.leg(1)) == .recalled)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("An answer quicker than the report it answers waits for it", arguments: [CommandVerb.signOff, .rework])
    func answerWaits(verb: CommandVerb) {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        #expect(desk.grid.act(verb, desk.leg, by: Desk.issuer).outcome == .waiting(for: desk.leg))
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == (verb == .signOff ? .completed : .accepted))
        #expect(desk.grid.refusals.isEmpty && desk.grid.waiting.isEmpty)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("An answer waits through the reports before the one it answers")
    func answerWaitsOn() {
        var desk = Desk(leg: .issued)
        desk.grid.act(.acknowledge, desk.leg, by: Desk.holder)
        desk.grid.act(.signOff, desk.leg, by: Desk.issuer)
        desk.grid.deliverAll()
        #expect(desk.grid.legs[desk.leg]?.state == .accepted && desk.grid.waiting.count == 1)
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .completed && desk.grid.waiting.isEmpty)
    }

    @Test("An answer to a report that never comes is refused after a minute, for the state the leg is in")
    func answerInVain() {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.signOff, desk.leg, by: Desk.issuer)
        desk.grid.advance(to: desk.grid.now.adding(milliseconds: MemoryGrid.patience))
        #expect(desk.grid.refusals.map(\.reason) == [.wrongState])
        #expect(desk.grid.refusals.first?.detail == "cannot signOff \(desk.leg) while it is accepted")
        #expect(desk.grid.state(desk.leg) == .accepted && desk.grid.waiting.isEmpty)
    }

    @Test(
        "Every command waits for its assignment, except an urge, which can name the holder",
        arguments: [
            CommandVerb.acknowledge, .progress, .complete, .return, .escalate, .answer, .signOff, .rework, .recall,
            .reassign,
        ]
    )
    func everyCommandWaits(verb: CommandVerb) throws {
        let unknown = try #require(AssignmentID("310105002-20261123-0099.1"))
        var grid = MemoryGrid()
        let decision = grid.act(verb, unknown, by: Desk.holder, answer: .carryOn, post: Desk.stranger)
        #expect(decision.outcome == .waiting(for: unknown))
    }

    @Test("A completion before the acknowledgement implies it")
    func impliedAcknowledgement() {
        var desk = Desk(leg: .issued)
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        #expect(desk.grid.events(desk.leg) == [.issued, .acknowledged, .submitted])
        #expect(desk.assignment?.acceptedAt == desk.grid.now)
        #expect(desk.grid.act(.acknowledge, desk.leg, by: Desk.holder).refusal?.reason == .wrongState)
    }

    @Test("An acknowledgement that arrives after the completion is recorded and changes nothing")
    func lateAcknowledgement() {
        var desk = Desk(leg: .issued)
        desk.grid.act(.acknowledge, desk.leg, by: Desk.holder)
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        desk.grid.deliver(.submitted)
        #expect(desk.grid.deliver(.acknowledged)?.outcome == .ignored)
        #expect(desk.grid.legs[desk.leg]?.state == .submitted)
        #expect(desk.grid.events(desk.root).last == .ignored)
    }

    @Test("Progress that overtakes its escalation brings that news too, so that history tells the leg's state")
    func progressBeforeEscalation() {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.escalate, desk.leg, by: Desk.holder)
        desk.grid.act(.progress, desk.leg, by: Desk.holder)
        desk.grid.deliver(.progressed)
        #expect(desk.grid.legs[desk.leg]?.state == .escalated)
        #expect(desk.grid.events(desk.root).suffix(2) == [.legEscalated, .legProgressed])
        desk.grid.deliverAll()
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("Progress that overtakes its acknowledgement implies it")
    func overtakingProgress() {
        var desk = Desk(leg: .issued)
        desk.grid.act(.acknowledge, desk.leg, by: Desk.holder)
        desk.grid.act(.progress, desk.leg, by: Desk.holder, note: "half of it")
        #expect(desk.grid.deliver(.progressed)?.outcome == .applied)
        #expect(desk.grid.legs[desk.leg]?.state == .accepted)
        #expect(desk.grid.deliver(.acknowledged)?.outcome == .ignored)
        #expect(desk.grid.assignments[desk.root]?.legs.accepted == 1)
        #expect(desk.grid.events(desk.root).suffix(3) == [.legAcknowledged, .legProgressed, .ignored])
    }

    @Test("Progress that comes after what it led to is recorded and changes nothing")
    func lateProgress() {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.progress, desk.leg, by: Desk.holder)
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        desk.grid.deliver(.submitted)
        #expect(desk.grid.deliver(.progressed)?.outcome == .ignored)
        #expect(desk.grid.legs[desk.leg]?.state == .submitted)
    }

    @Test("Several reports of progress of one state all count", arguments: [AssignmentState.accepted, .escalated])
    func progressInARow(state: AssignmentState) {
        var desk = Desk(leg: state)
        for part in 1...3 { desk.grid.act(.progress, desk.leg, by: Desk.holder, note: "part \(part)") }
        desk.grid.deliverAll()
        #expect(desk.grid.events(desk.root).count { $0 == .legProgressed } == 3)
        #expect(desk.grid.legs[desk.leg]?.state == state)
    }

    @Test(
        "A sign-off and a rework speak of one submission and cannot settle a later one",
        arguments: [
            CommandVerb.rework, .signOff,
        ]
    )
    func oldSettlement(verb: CommandVerb) throws {
        var desk = Desk(leg: .submitted)
        desk.grid.act(.rework, desk.leg, by: Desk.issuer)
        var copy = try #require(desk.grid.mail.first)
        copy.id = SampleGrid.messageID("copy")
        if verb == .signOff, case .reworkRequested(let body) = copy.body { copy.body = .signedOff(body) }
        desk.grid.deliverAll()
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        desk.grid.deliverAll()
        #expect(desk.grid.handle(.mail(copy)).outcome == .ignored)
        #expect(desk.assignment?.state == .submitted)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("Two agents that number their commands alike cause mail under different identifiers")
    func sameNumbers() {
        var grid = MemoryGrid()
        let orders = [grid.issue(SampleGrid.draft(to: "liaison")), grid.issue(SampleGrid.draft(to: "liaison"))]
        grid.deliverAll()
        // The last liaison of a group completes, in two orders: the group leader's page reacts to both with mail of
        // its own, which must not look like one mail sent twice.
        for (order, last) in zip(orders, [3, 2]) {
            let group = order.leg(1).leg(1)
            for point in (1...3).sorted(by: { left, _ in left != last }) {
                grid.act(.complete, group.leg(point), by: SampleGrid.liaison(1, 1, 1, point))
            }
        }
        grid.deliverAll()
        #expect(orders.map { grid.legs[$0.leg(1).leg(1)]?.state } == [.completed, .completed])
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("The same mail under another identifier does no harm, at once or later", arguments: [false, true])
    func copies(later: Bool) {
        let once = Script.run { _ in }
        let copied = Script.run { grid in
            let known = grid.sent
            for mail in later ? known : Array(known.suffix(3)) {
                var copy = mail
                copy.id = SampleGrid.messageID("copy-\(grid.log.count)-\(mail.id)".suffixed(MessageID.maximumLength))
                grid.handle(.mail(copy))
            }
            grid.deliverAll()
        }
        for id in once.ids {
            #expect(copied.state(id) == once.state(id))
            #expect(copied.legs[id]?.state == once.legs[id]?.state)
            #expect(copied.assignments[id]?.rework == once.assignments[id]?.rework)
        }
        #expect(copied.ids == once.ids)
        #expect(GridInvariants.brokenAtRest(copied) == [])
    }

    /// A history with every kind of mail in it.
    private enum Script {
        static func run(after step: (inout MemoryGrid) -> Void) -> MemoryGrid {
            var grid = MemoryGrid()
            let root = grid.issue(SampleGrid.draft(to: "group-leader", signOff: ["group-leader"], dueWithinHours: 48))
            let cell = root.leg(1)
            let leader = SampleGrid.cellLeader(1, 1)
            let groups = (1...3).map { SampleGrid.groupLeader(1, 1, $0) }
            let office = SampleGrid.community(1)
            let steps: [(inout MemoryGrid) -> Void] = [
                { $0.act(.acknowledge, cell, by: leader) },
                { $0.act(.progress, cell, by: leader) },
                { $0.act(.escalate, cell, by: leader) },
                { $0.act(.answer, cell, by: office, answer: .passUp) },
                { $0.act(.answer, cell, by: SampleGrid.street, answer: .carryOn) },
                { $0.act(.escalate, cell, by: leader) },
                { $0.act(.urge, cell, by: SampleGrid.street) },
                { $0.act(.answer, cell, by: office, answer: .carryOn) },
                { $0.act(.complete, cell.leg(1), by: groups[0]) },
                { $0.act(.rework, cell.leg(1), by: leader) },
                { $0.act(.complete, cell.leg(1), by: groups[0]) },
                { $0.act(.signOff, cell.leg(1), by: leader) },
                { $0.act(.return, cell.leg(2), by: groups[1]) },
                { $0.act(.reassign, cell.leg(2), by: leader, post: groups[0]) },
                { $0.act(.escalate, cell.leg(4), by: groups[0]) },
                { $0.act(.recall, cell.leg(4), by: leader) },
                { $0.act(.escalate, cell.leg(3), by: groups[2]) },
                { $0.act(.answer, cell.leg(3), by: leader, answer: .takeOver) },
            ]
            for act in steps {
                act(&grid)
                grid.deliverAll()
                step(&grid)
            }
            return grid
        }
    }
}

extension String {
    fileprivate func suffixed(_ length: Int) -> String { String(suffix(length)) }
}
