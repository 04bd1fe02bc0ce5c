//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Escalation")
struct EscalationTests {
    /// A liaison's leg, three rungs below the community and four below the street.
    private struct Ladder {
        var grid = MemoryGrid()
        let leg: AssignmentID
        let liaison = SampleGrid.liaison(1, 1, 1, 1)
        let group = SampleGrid.groupLeader(1, 1, 1)
        let cell = SampleGrid.cellLeader(1, 1)
        let office = SampleGrid.community(1)

        init() {
            leg = grid.issue(SampleGrid.draft(to: "liaison", dueWithinHours: 48)).leg(1).leg(1).leg(1)
            grid.deliverAll()
        }

        mutating func escalate() {
            grid.act(.escalate, leg, by: liaison, note: "the gate is locked")
        }

        mutating func answer(_ kind: AnswerKind, by post: PostAddress, note: String? = "because") -> Decision {
            grid.act(.answer, leg, by: post, note: note, answer: kind)
        }

        func escalation(at post: PostAddress) -> Escalation? { grid.escalation(of: leg, at: post) }
    }

    @Test("A superior that is the issuer too gets one mail, which does both")
    func superiorIsIssuer() throws {
        var ladder = Ladder()
        ladder.escalate()
        #expect(ladder.grid.mail.map(\.target) == [ladder.group])
        ladder.grid.deliverAll()
        let escalation = try #require(ladder.escalation(at: ladder.group))
        #expect(escalation.reason == "the gate is locked" && escalation.rung == 1 && !escalation.byClock)
        #expect(escalation.holder == ladder.liaison && escalation.title == "Check the fire lanes")
        #expect(ladder.grid.legs[ladder.leg]?.state == .escalated)
        #expect(ladder.grid.timers(of: ladder.leg).isEmpty)
    }

    @Test("It climbs two rungs, and the answer comes straight back")
    func twoRungs() throws {
        var ladder = Ladder()
        ladder.escalate()
        ladder.grid.deliverAll()
        #expect(ladder.answer(.passUp, by: ladder.group, note: "beyond me").outcome == .applied)
        ladder.grid.deliverAll()
        #expect(ladder.grid.assignments[ladder.leg]?.escalatedTo == ladder.cell)
        #expect(ladder.grid.assignments[ladder.leg]?.waitingOn == ladder.cell)
        #expect(ladder.answer(.passUp, by: ladder.cell, note: "nor me").outcome == .applied)
        ladder.grid.deliverAll()
        #expect(ladder.grid.assignments[ladder.leg]?.rung == 3)
        let top = try #require(ladder.escalation(at: ladder.office))
        #expect(top.rung == 3 && top.state == .open)
        #expect(top.reason == "the gate is locked | \(ladder.group): beyond me | \(ladder.cell): nor me")
        #expect(ladder.answer(.carryOn, by: ladder.office).outgoing.map(\.target) == [ladder.liaison])
        ladder.grid.deliverAll()
        #expect(ladder.grid.state(ladder.leg) == .accepted)
        #expect(ladder.grid.legs[ladder.leg]?.state == .accepted)
        #expect(ladder.escalation(at: ladder.group)?.state == .passedUp)
        #expect(ladder.escalation(at: ladder.office)?.state == .answered)
        #expect(GridInvariants.brokenAtRest(ladder.grid) == [])
    }

    @Test("A reason passed up stays within what a message may carry, and the last word is kept")
    func longReason() throws {
        var ladder = Ladder()
        ladder.grid.act(.escalate, ladder.leg, by: ladder.liaison, note: String(repeating: "锁", count: 3_900))
        ladder.grid.deliverAll()
        let note = String(repeating: "远", count: 1_200)
        #expect(ladder.answer(.passUp, by: ladder.group, note: note).outcome == .applied)
        ladder.grid.deliverAll()
        let reason = try #require(ladder.escalation(at: ladder.cell)?.reason)
        #expect(reason.unicodeScalars.count <= maximumNoteLength)
        #expect(reason.hasPrefix("锁") && reason.hasSuffix("… | \(ladder.group): \(note)"))
    }

    @Test("At the top nothing can be passed up")
    func top() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .passUp)
        desk.grid.deliverAll()
        let decision = desk.grid.act(.answer, desk.leg, by: Desk.issuer, answer: .passUp)
        #expect(decision.refusal?.reason == .noSuperior)
        #expect(desk.grid.act(.escalate, desk.root, by: Desk.issuer).refusal?.reason == .noSuperior)
    }

    @Test("A superior that takes over recalls the assignment, what is below it, and tells the issuer")
    func takeOver() {
        var grid = MemoryGrid()
        let root = grid.issue(SampleGrid.draft(to: "group-leader", dueWithinHours: 48))
        grid.deliverAll()
        grid.act(.escalate, root.leg(1), by: Desk.holder)
        grid.deliverAll()
        grid.act(.answer, root.leg(1), by: Desk.superior, answer: .takeOver)
        grid.deliverAll()
        #expect(grid.state(root.leg(1)) == .recalled)
        #expect(grid.legs[root.leg(1)]?.state == .recalled)
        #expect(grid.children[root.leg(1)]?.allSatisfy { grid.state($0) == .recalled } == true)
        #expect(!grid.sent.contains { $0.body.event == .escalationWithdrawn })
        #expect(grid.escalation(of: root.leg(1), at: Desk.superior)?.state == .answered)
        #expect(grid.assignments[root]?.waitingOn == SampleGrid.street)
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }

    @Test("An answer can be given once", arguments: [AnswerKind.carryOn, .passUp, .takeOver])
    func once(kind: AnswerKind) {
        var desk = Desk(leg: .escalated)
        #expect(desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: kind).outcome == .applied)
        let again = desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        #expect(again.refusal?.reason == .wrongState)
    }

    @Test("An answer that is quicker than the escalation's own mail waits for it")
    func quickAnswer() {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.escalate, desk.leg, by: Desk.holder)
        let answer = desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        #expect(answer.outcome == .waiting(for: desk.leg))
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .accepted)
        #expect(desk.grid.refusals.isEmpty && desk.grid.waiting.isEmpty)
    }

    @Test("A new deadline must lie ahead, and goes with carryOn alone")
    func newDeadline() {
        var desk = Desk(leg: .escalated)
        let past = desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn, dueAt: desk.grid.now)
        #expect(past.refusal?.reason == .invalid)
        let later = desk.grid.now.adding(milliseconds: 1)
        let passUp = desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .passUp, dueAt: later)
        #expect(passUp.refusal?.reason == .invalid)
    }

    @Test("What was answered can be escalated again, as a new escalation")
    func again() throws {
        var desk = Desk(leg: .escalated)
        let first = try #require(desk.grid.escalation(of: desk.leg, at: Desk.superior))
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        desk.grid.deliverAll()
        desk.grid.act(.escalate, desk.leg, by: Desk.holder)
        desk.grid.deliverAll()
        let second = try #require(desk.grid.escalation(of: desk.leg, at: Desk.superior))
        #expect(second.revision > first.revision && second.state == .open)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("A higher rung's answer that overtakes the news of the pass-up is the answer")
    func answerOvertakesPassUp() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .passUp)
        desk.grid.deliver(.escalated, to: Desk.issuer)
        desk.grid.act(.answer, desk.leg, by: Desk.issuer, answer: .carryOn)
        let late = desk.grid.mail.removeFirst()
        desk.grid.deliver(.escalationAnswered)
        #expect(desk.assignment?.state == .accepted)
        #expect(desk.grid.handle(.mail(late)).outcome == .ignored)
        #expect(desk.assignment?.state == .accepted)
        desk.grid.deliverAll()
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("News of two pass-ups that arrive the wrong way round name the higher superior")
    func passUpsOvertake() {
        var ladder = Ladder()
        ladder.escalate()
        ladder.grid.deliverAll()
        _ = ladder.answer(.passUp, by: ladder.group)
        ladder.grid.deliver(.escalated)
        let first = ladder.grid.mail.removeFirst()
        _ = ladder.answer(.passUp, by: ladder.cell)
        ladder.grid.deliverAll()
        #expect(ladder.grid.handle(.mail(first)).outcome == .ignored)
        #expect(ladder.grid.assignments[ladder.leg]?.escalatedTo == ladder.office)
        #expect(GridInvariants.brokenAtRest(ladder.grid) == [])
    }

    @Test("An answer to an earlier escalation does not answer a later one")
    func oldAnswer() throws {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        var copy = try #require(desk.grid.mail.first)
        copy.id = SampleGrid.messageID("copy")
        desk.grid.deliverAll()
        desk.grid.act(.escalate, desk.leg, by: Desk.holder)
        desk.grid.deliverAll()
        #expect(desk.grid.handle(.mail(copy)).outcome == .ignored)
        #expect(desk.assignment?.state == .escalated)
    }

    @Test("An issuer that hears of the end before the beginning believes the end")
    func reportsOvertake() throws {
        var desk = Desk(leg: .accepted)
        desk.grid.act(.escalate, desk.leg, by: Desk.holder)
        desk.grid.deliver(.escalated, to: Desk.superior)
        let copy = desk.grid.mail.removeFirst()
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        desk.grid.deliverAll()
        #expect(desk.grid.legs[desk.leg]?.state == .accepted)
        #expect(desk.grid.handle(.mail(copy)).outcome == .ignored)
        #expect(desk.grid.legs[desk.leg]?.state == .accepted)
    }

    // MARK: Withdrawal

    @Test("The recall of what is escalated withdraws the escalation")
    func withdrawn() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliverAll()
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.superior)?.state == .withdrawn)
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.superior)?.settledAt == desk.grid.now)
        #expect(desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn).refusal?.reason == .wrongState)
    }

    @Test("An issuer that recalls what was escalated to itself is not asked any more either")
    func withdrawnFromIssuer() {
        var ladder = Ladder()
        ladder.escalate()
        ladder.grid.deliverAll()
        ladder.grid.act(.recall, ladder.leg, by: ladder.group)
        ladder.grid.deliverAll()
        #expect(ladder.escalation(at: ladder.group)?.state == .withdrawn)
        #expect(GridInvariants.brokenAtRest(ladder.grid) == [])
    }

    @Test("A withdrawal reaches whoever was asked last, also when the holder had not heard of the pass-up")
    func withdrawnAfterPassUp() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .passUp)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliver(.recalled)
        desk.grid.deliverAll()
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.superior)?.state == .passedUp)
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.issuer)?.state == .withdrawn)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("A withdrawal that overtakes its escalation keeps it from being opened", arguments: [1, 2])
    func withdrawalOvertakes(times: Int) {
        var desk = Desk(leg: .accepted)
        for _ in 1..<times {
            desk.grid.act(.escalate, desk.leg, by: Desk.holder)
            desk.grid.deliverAll()
            desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
            desk.grid.deliverAll()
        }
        desk.grid.act(.escalate, desk.leg, by: Desk.holder)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliver(.recalled)
        desk.grid.deliver(.escalationWithdrawn)
        #expect(desk.grid.deliver(.escalated, to: Desk.superior)?.outcome == .ignored)
        desk.grid.deliverAll()
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.superior)?.state == .withdrawn)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    @Test("A withdrawal that comes after the answer changes nothing")
    func withdrawalAfterAnswer() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliver(.recalled)
        #expect(desk.grid.deliver(.escalationWithdrawn)?.outcome == .ignored)
        #expect(desk.grid.deliver(.escalationAnswered)?.outcome == .ignored)
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.superior)?.state == .answered)
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }
}
