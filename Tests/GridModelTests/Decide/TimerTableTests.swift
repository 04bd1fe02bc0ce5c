//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("The table of timers")
struct TimerTableTests {
    private static let table = RuleTable(
        """
        timer         | issued    accepted  submitted escalated completed returned recalled | goes out
        acceptUrge    | same      -         -         -         -         -        -        | urged>holder
        acceptExpired | escalated -         -         -         -         -        -        | escalated>superior escalated>issuer
        dueUrge       | same      same      -         -         -         -        -        | urged>holder
        dueExpired    | escalated escalated -         -         -         -        -        | escalated>superior escalated>issuer
        """
    )

    @Test("A timer does what the table says; `-` is nothing at all", arguments: table.cells)
    func follows(cell: RuleTable.Cell) throws {
        let state = try #require(AssignmentState(rawValue: cell.column))
        let kind = try #require(TimerKind(rawValue: cell.keys[0]))
        var desk = Desk(leg: state)
        let deadline = try #require(kind == .acceptExpired ? desk.assignment?.acceptBy : desk.assignment?.dueAt)
        let before = desk.assignment
        let firing = TimerFiring(assignment: desk.leg, kind: kind, at: deadline)
        let decision = desk.grid.handle(.timer(firing))
        #expect(decision.outcome == .applied)
        guard cell.expected != "-" else {
            #expect(decision.outgoing.isEmpty && decision.history.isEmpty)
            #expect(desk.assignment == before)
            return
        }
        #expect(decision.mail(naming: Desk.names) == cell.outgoing)
        let name = firing.id.derived(before?.revision ?? 0)
        #expect(decision.outgoing.map(\.id.text) == decision.outgoing.indices.map { "\(name)/\($0 + 1)" })
        #expect(decision.history.allSatisfy { $0.actor == nil && $0.cause == name })
        #expect(desk.assignment?.state == (cell.expected == "same" ? state : .escalated))
        if cell.expected == "escalated" {
            #expect(desk.grid.timers(of: desk.leg).isEmpty)
            guard case .escalated(let body)? = decision.outgoing.first?.body else {
                Issue.record("not escalated")
                return
            }
            #expect(body.byClock)
        }
    }

    @Test(
        "The clock does not escalate by a deadline that was moved",
        arguments: [TimerKind.acceptExpired, .dueExpired]
    )
    func movedDeadline(kind: TimerKind) throws {
        var desk = Desk(leg: .issued)
        let deadline = try #require(kind == .acceptExpired ? desk.assignment?.acceptBy : desk.assignment?.dueAt)
        let stale = TimerFiring(assignment: desk.leg, kind: kind, at: deadline.adding(milliseconds: -1))
        desk.grid.handle(.timer(stale))
        #expect(desk.assignment?.state == .issued)
        #expect(desk.grid.mail.isEmpty)
    }

    @Test("A timer of an assignment that is not here does nothing")
    func unknown() {
        var desk = Desk(leg: nil)
        let firing = TimerFiring(assignment: desk.leg, kind: .dueExpired, at: desk.grid.now)
        let decision = desk.grid.handle(.timer(firing))
        #expect(decision.outgoing.isEmpty && decision.history.isEmpty && decision.assignment == nil)
    }
}
