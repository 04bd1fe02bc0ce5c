//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

/// The design's table, "The life of an assignment": every command, by everybody, in every state.
@Suite("The table of commands")
struct CommandTableTests {
    /// What becomes of the leg: a state it is in once all mail has arrived, `same` when it stays as it is, `settled`
    /// when only the issuer's side changes, `waits` when the command is kept, or the reason of a refusal.
    private static let table = RuleTable(
        """
        command   actor    | issued     accepted   submitted  escalated  completed    returned     recalled     | goes out
        acknowledge holder | accepted   wrongState wrongState wrongState alreadyFinal alreadyFinal alreadyFinal | acknowledged>issuer
        acknowledge others | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        progress  holder   | wrongState same       wrongState same       alreadyFinal alreadyFinal alreadyFinal | progressed>issuer
        progress  others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        complete  holder   | submitted  submitted  wrongState wrongState alreadyFinal alreadyFinal alreadyFinal | submitted>issuer
        complete  others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        return    holder   | returned   returned   wrongState wrongState alreadyFinal alreadyFinal alreadyFinal | returned>issuer
        return    others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        escalate  holder   | escalated  escalated  wrongState wrongState alreadyFinal alreadyFinal alreadyFinal | escalated>superior escalated>issuer
        escalate  others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        carryOn   superior | wrongState wrongState wrongState accepted   alreadyFinal alreadyFinal alreadyFinal | escalationAnswered>holder
        carryOn   issuer   | wrongState wrongState wrongState waits      alreadyFinal alreadyFinal alreadyFinal | -
        carryOn   others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        takeOver  superior | wrongState wrongState wrongState recalled   alreadyFinal alreadyFinal alreadyFinal | escalationAnswered>holder
        takeOver  issuer   | wrongState wrongState wrongState waits      alreadyFinal alreadyFinal alreadyFinal | -
        takeOver  others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        passUp    superior | wrongState wrongState wrongState same       alreadyFinal alreadyFinal alreadyFinal | escalated>issuer escalationAnswered>holder
        passUp    issuer   | wrongState wrongState wrongState waits      alreadyFinal alreadyFinal alreadyFinal | -
        passUp    others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        signOff   issuer   | waits      waits      completed  waits      alreadyFinal wrongState   alreadyFinal | signedOff>holder offered>issuer
        signOff   others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        rework    issuer   | waits      waits      accepted   waits      alreadyFinal wrongState   alreadyFinal | reworkRequested>holder
        rework    others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        recall    issuer   | recalled   recalled   recalled   recalled   alreadyFinal settled      alreadyFinal | recalled>holder
        recall    others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        reassign  issuer   | recalled   recalled   wrongState recalled   alreadyFinal settled      alreadyFinal | recalled>holder issued>stranger
        reassign  others   | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        urge      issuer   | same       same       invalid    same       alreadyFinal wrongState   alreadyFinal | urged>holder
        urge      superior | same       same       same       same       alreadyFinal alreadyFinal alreadyFinal | urged>holder
        urge      stranger | notYours   notYours   notYours   notYours   notYours     notYours     notYours     | -
        """
    )

    /// A holder's urge goes to whoever holds it up, which differs from state to state.
    private static let holdersUrge = RuleTable(
        """
        command   actor    | issued     accepted   completed    returned     recalled     | goes out
        urge      holder   | invalid    invalid    alreadyFinal alreadyFinal alreadyFinal | -
        """
    )

    private static let holdersUrgeUpwards = RuleTable(
        """
        command   actor    | submitted  | goes out
        urge      holder   | same       | urged>issuer
        """
    )

    private static let holdersUrgeToSuperior = RuleTable(
        """
        command   actor    | escalated  | goes out
        urge      holder   | same       | urged>superior
        """
    )

    /// Every cell, `others` spelled out.
    private static let cells: [RuleTable.Cell] = {
        let tables = [table, holdersUrge, holdersUrgeUpwards, holdersUrgeToSuperior]
        let named = Dictionary(grouping: table.rows, by: { $0.keys[0] }).mapValues { Set($0.map { $0.keys[1] }) }
        return tables.flatMap(\.cells).flatMap { cell -> [RuleTable.Cell] in
            guard cell.keys[1] == "others" else { return [cell] }
            let others = Desk.actors.keys.sorted().filter { !(named[cell.keys[0]] ?? []).contains($0) }
            return others.map {
                RuleTable.Cell(
                    keys: [cell.keys[0], $0],
                    column: cell.column,
                    expected: cell.expected,
                    outgoing: cell.outgoing
                )
            }
        }
    }()

    @Test("The table has every command, by everybody, in every state, once")
    func isComplete() {
        let answers = AnswerKind.allCases.map(\.rawValue)
        let verbs = CommandVerb.allCases.filter { $0 != .issue && $0 != .answer }.map(\.rawValue) + answers
        var expected: Set<String> = []
        for verb in verbs {
            for actor in Desk.actors.keys {
                for state in AssignmentState.allCases { expected.insert("\(verb) by \(actor) while \(state)") }
            }
        }
        #expect(Set(Self.cells.map(\.description)) == expected)
        #expect(Self.cells.count == expected.count)
    }

    @Test("A command does what the table says", arguments: cells)
    func follows(cell: RuleTable.Cell) throws {
        let state = try #require(AssignmentState(rawValue: cell.column))
        let actor = try #require(Desk.actors[cell.keys[1]])
        var desk = Desk(leg: state)
        let before = desk.grid
        let command = try command(cell.keys[0], on: desk.leg, by: actor)
        let decision = desk.grid.handle(.command(command))

        if let reason = RefusalReason(rawValue: cell.expected) {
            return expectRefusal(reason, of: command, decision, before, desk)
        }
        if cell.expected == "waits" {
            #expect(decision.outcome == .waiting(for: desk.leg))
            #expect(decision.outgoing.isEmpty && decision.history.isEmpty)
            return
        }
        #expect(decision.outcome == .applied)
        let expected = cell.expected == "settled" ? cell.outgoing.filter { !$0.hasSuffix(">holder") } : cell.outgoing
        #expect(decision.mail(naming: Desk.names) == expected)
        for (index, mail) in decision.outgoing.enumerated() {
            #expect(mail.id.text == "\(actor)/c-1/\(index + 1)")
            #expect(mail.time == desk.grid.now)
            let about =
                switch mail.body.event {
                case .issued: desk.root.leg(2)
                case .offered: desk.root
                default: desk.leg
                }
            #expect(mail.assignment == about)
        }
        for entry in decision.history {
            #expect(entry.cause == command.id)
            #expect(entry.at == desk.grid.now)
        }
        desk.grid.deliverAll()
        switch cell.expected {
        case "same":
            #expect(desk.grid.state(desk.leg) == state)
            #expect(desk.grid.legs[desk.leg]?.state == state)
        case "settled":
            #expect(desk.grid.state(desk.leg) == state)
            #expect(desk.grid.legs[desk.leg]?.state == .recalled)
        default:
            #expect(desk.grid.state(desk.leg)?.rawValue == cell.expected)
            #expect(desk.grid.legs[desk.leg]?.state.rawValue == cell.expected)
        }
        #expect(GridInvariants.brokenAtRest(desk.grid) == [])
    }

    private func expectRefusal(
        _ reason: RefusalReason,
        of command: Command,
        _ decision: Decision,
        _ before: MemoryGrid,
        _ desk: Desk
    ) {
        #expect(decision.refusal?.reason == reason)
        let detail = decision.refusal?.detail ?? ""
        #expect(detail.utf8.count > 20 && !detail.hasSuffix("."), "not a sentence for people: \(detail)")
        #expect(decision.outgoing.isEmpty && decision.timers.isEmpty)
        #expect(decision.history.map(\.event) == [.refused])
        #expect(decision.history.first?.note == "\(command.body.verb.rawValue): \(detail)")
        #expect(desk.grid.assignments == before.assignments)
        #expect(desk.grid.legs == before.legs)
        #expect(desk.grid.escalations == before.escalations)
        #expect(desk.grid.timers == before.timers)
    }

    private func command(_ name: String, on id: AssignmentID, by actor: PostAddress) throws -> Command {
        let answer = AnswerKind(rawValue: name)
        let verb = try #require(answer == nil ? CommandVerb(rawValue: name) : .answer)
        let post = verb == .reassign ? Desk.stranger : nil
        let body = ActionBody(note: "because", answer: answer, post: post)
        return Command(id: SampleGrid.messageID("c-1"), actor: actor, body: .act(verb, id, body))
    }
}
