//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

/// What is sent again where a holder and the superior it asked disagree; the desk's holder is a cell leader, its superior
/// the community, whose superior is the street.
@Suite("An escalation compared with its holder's page")
struct EscalatedPairTests {
    @Test("Escalation and holder that agree have nothing to send", arguments: AssignmentState.allCases)
    func agreement(state: AssignmentState) {
        let desk = Desk(leg: state)
        #expect(desk.grid.missingMail() == [])
    }

    @Test("An escalation that never reached its superior is sent again, with the reason", arguments: [false, true])
    func lostEscalation(byClock: Bool) throws {
        var desk = Desk(leg: .accepted)
        if byClock {
            desk.grid.pass(hours: 101)
        } else {
            desk.grid.act(.escalate, desk.leg, by: Desk.holder, note: "no key")
        }
        desk.grid.mail.removeAll { $0.target == Desk.superior }
        desk.grid.deliverAll()
        #expect(desk.grid.missingMail().map(\.body.event) == [.escalated])
        try expectAgreement(&desk.grid, rounds: 1)
        let escalation = try #require(desk.grid.escalation(of: desk.leg, at: Desk.superior))
        #expect(escalation.state == .open && escalation.title == "Check the fire lanes")
        if !byClock { #expect(escalation.reason == "no key") }
    }

    @Test("An answer that never reached the holder is sent again", arguments: AnswerKind.allCases)
    func lostAnswer(answer: AnswerKind) throws {
        var desk = Desk(leg: .escalated)
        let dueAt = answer == .carryOn ? desk.grid.now.adding(milliseconds: 200 * SampleGrid.hour) : nil
        desk.grid.act(.answer, desk.leg, by: Desk.superior, note: "do", answer: answer, dueAt: dueAt)
        desk.grid.mail.removeAll()
        #expect(desk.grid.missingMail().map(\.body.event) == [.escalationAnswered])
        // Passed up, both the news of it and the question itself were lost.
        try expectAgreement(&desk.grid, rounds: answer == .passUp ? 2 : 1)
        switch answer {
        case .carryOn:
            #expect(desk.assignment?.state == .accepted && desk.assignment?.dueAt == dueAt)
        case .takeOver:
            #expect(desk.assignment?.state == .recalled && desk.grid.legs[desk.leg]?.state == .recalled)
        case .passUp:
            #expect(desk.assignment?.escalatedTo == Desk.issuer && desk.assignment?.rung == 2)
            #expect(desk.grid.escalation(of: desk.leg, at: Desk.issuer)?.state == .open)
        }
    }

    @Test("A withdrawal that never reached the superior is sent again")
    func lostWithdrawal() throws {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.recall, desk.leg, by: Desk.issuer)
        desk.grid.deliver(.recalled)
        desk.grid.mail.removeAll()
        #expect(desk.grid.missingMail().map(\.body.event) == [.escalationWithdrawn])
        try expectAgreement(&desk.grid, rounds: 1)
        #expect(desk.grid.escalation(of: desk.leg, at: Desk.superior)?.state == .withdrawn)
    }

    @Test("An escalation that a superior passed up is not taken back while the holder has not heard of that")
    func passedUpMeanwhile() {
        var desk = Desk(leg: .escalated)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .passUp)
        desk.grid.deliver(.escalated)
        desk.grid.mail.removeAll()
        #expect(desk.grid.missingMail().map(\.body.event) == [.escalationAnswered])
    }

    /// Expects that so many rounds bring all pages to agree, and that another one finds nothing.
    private func expectAgreement(_ grid: inout MemoryGrid, rounds: Int) throws {
        for round in 1...rounds {
            #expect(grid.reconcile(round) > 0)
            grid.deliverAll()
        }
        #expect(grid.missingMail() == [])
        #expect(GridInvariants.brokenAtRest(grid) == [])
    }
}
