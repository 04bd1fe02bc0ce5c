//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Deadlines")
struct ClockTests {
    private func urges(_ grid: MemoryGrid, about id: AssignmentID) -> Int {
        grid.sent.count { $0.assignment == id && $0.body.event == .urged }
    }

    private func escalations(_ grid: MemoryGrid, about id: AssignmentID, to post: PostAddress) -> Int {
        grid.sent.count { $0.assignment == id && $0.body.event == .escalated && $0.target == post }
    }

    @Test("A leg has timers at 80 % and 100 % of the time to acknowledge and of the time to do it")
    func timers() {
        let desk = Desk(leg: .issued, acceptWithinHours: 10, dueWithinHours: 100)
        let start = desk.grid.now
        #expect(
            desk.grid.timers(of: desk.leg) == [
                .acceptUrge: start.adding(milliseconds: 8 * SampleGrid.hour),
                .acceptExpired: start.adding(milliseconds: 10 * SampleGrid.hour),
                .dueUrge: start.adding(milliseconds: 80 * SampleGrid.hour),
                .dueExpired: start.adding(milliseconds: 100 * SampleGrid.hour),
            ]
        )
    }

    @Test("Who does not acknowledge is urged once at 80 % and escalated once at 100 %")
    func notAcknowledged() throws {
        var desk = Desk(leg: .issued)
        desk.grid.pass(hours: 7)
        #expect(urges(desk.grid, about: desk.leg) == 0)
        desk.grid.pass(hours: 1)
        #expect(urges(desk.grid, about: desk.leg) == 1)
        desk.grid.pass(hours: 2)
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .escalated)
        desk.grid.pass(hours: 500)
        #expect(urges(desk.grid, about: desk.leg) == 1)
        #expect(escalations(desk.grid, about: desk.leg, to: Desk.superior) == 1)
        let escalation = try #require(desk.grid.escalation(of: desk.leg, at: Desk.superior))
        #expect(escalation.byClock && escalation.reason.hasPrefix("not acknowledged by 2026-11-23T10:00"))
    }

    @Test("Who does not finish is urged once at 80 % and escalated once at 100 %")
    func notDone() {
        var desk = Desk(leg: .accepted)
        #expect(Set(desk.grid.timers(of: desk.leg).keys) == [.dueUrge, .dueExpired])
        desk.grid.pass(hours: 99)
        #expect(urges(desk.grid, about: desk.leg) == 1)
        #expect(desk.assignment?.state == .accepted)
        desk.grid.pass(hours: 1)
        #expect(desk.assignment?.state == .escalated)
        desk.grid.deliverAll()
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        desk.grid.deliverAll()
        desk.grid.pass(hours: 500)
        #expect(desk.assignment?.state == .accepted)
        #expect(urges(desk.grid, about: desk.leg) == 1)
        #expect(escalations(desk.grid, about: desk.leg, to: Desk.superior) == 1)
    }

    @Test(
        "Nobody is urged or escalated for work that is handed in, done or gone",
        arguments: [
            AssignmentState.submitted, .completed, .returned, .recalled,
        ]
    )
    func quiet(state: AssignmentState) {
        var desk = Desk(leg: state)
        #expect(desk.grid.timers(of: desk.leg).isEmpty)
        desk.grid.pass(hours: 500)
        #expect(urges(desk.grid, about: desk.leg) == 0)
        #expect(desk.assignment?.state == state)
    }

    @Test("At the top there is nobody to escalate to; the issuer is told at 80 % and at 100 %")
    func top() {
        var desk = Desk(leg: .accepted)
        desk.grid.pass(hours: 100)
        #expect(urges(desk.grid, about: desk.root) == 2)
        #expect(desk.grid.state(desk.root) == .accepted)
    }

    @Test("An answer with more time sets both timers anew, counted from the answer")
    func moreTime() {
        var desk = Desk(leg: .escalated)
        desk.grid.pass(hours: 50)
        let later = desk.grid.now.adding(milliseconds: 200 * SampleGrid.hour)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn, dueAt: later)
        desk.grid.deliverAll()
        #expect(desk.assignment?.dueAt == later)
        #expect(
            desk.grid.timers(of: desk.leg) == [
                .dueUrge: desk.grid.now.adding(milliseconds: 160 * SampleGrid.hour), .dueExpired: later,
            ]
        )
    }

    @Test("An answer without more time leaves what is left of the old")
    func noMoreTime() {
        var desk = Desk(leg: .escalated)
        let start = desk.grid.now
        desk.grid.pass(hours: 85)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        desk.grid.deliverAll()
        #expect(
            desk.grid.timers(of: desk.leg) == [.dueExpired: start.adding(milliseconds: 100 * SampleGrid.hour)]
        )
    }

    @Test("A new deadline that passes while the answer is on its way is missed all the same")
    func newDeadlineMissed() {
        var desk = Desk(leg: .escalated)
        let soon = desk.grid.now.adding(milliseconds: SampleGrid.hour)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn, dueAt: soon)
        desk.grid.now = desk.grid.now.adding(milliseconds: 5 * SampleGrid.hour)
        desk.grid.deliverAll()
        desk.grid.pass(hours: 0)
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .escalated)
        #expect(escalations(desk.grid, about: desk.leg, to: Desk.superior) == 2)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("A deadline that passed before the assignment arrived is missed all the same")
    func missedOnTheWay() {
        var desk = Desk(leg: nil)
        desk.grid.now = desk.grid.now.adding(milliseconds: 20 * SampleGrid.hour)
        desk.grid.deliverAll()
        desk.grid.pass(hours: 0)
        #expect(desk.assignment?.state == .escalated)
        #expect(urges(desk.grid, about: desk.leg) == 1)
    }

    @Test("A rework goes on under the old deadline as far as it lies ahead")
    func rework() {
        var desk = Desk(leg: .submitted)
        let start = desk.grid.now
        desk.grid.pass(hours: 90)
        desk.grid.act(.rework, desk.leg, by: Desk.issuer)
        desk.grid.deliverAll()
        #expect(
            desk.grid.timers(of: desk.leg) == [.dueExpired: start.adding(milliseconds: 100 * SampleGrid.hour)]
        )
        desk.grid.act(.complete, desk.leg, by: Desk.holder)
        desk.grid.deliverAll()
        desk.grid.pass(hours: 20)
        desk.grid.act(.rework, desk.leg, by: Desk.issuer)
        desk.grid.deliverAll()
        #expect(desk.grid.timers(of: desk.leg).isEmpty)
        #expect(desk.assignment?.isOverdue(at: desk.grid.now) == true)
    }

    @Test("A deadline that passes again after the clock was set back is escalated again")
    func clockSetBack() {
        var desk = Desk(leg: .accepted)
        desk.grid.pass(hours: 101)
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .escalated)
        desk.grid.now = desk.grid.now.adding(milliseconds: -50 * SampleGrid.hour)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        desk.grid.deliverAll()
        desk.grid.pass(hours: 50)
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .escalated)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("Without limits there are no timers")
    func noLimits() {
        var desk = Desk(leg: .issued, acceptWithinHours: nil, dueWithinHours: nil)
        #expect(desk.grid.timers.isEmpty)
        desk.grid.pass(hours: 10_000)
        #expect(desk.assignment?.state == .issued)
    }
}
