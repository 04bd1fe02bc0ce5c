//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

/// What mail does, at its holder and at its issuer, in every state: also what comes late, too early or again.
@Suite("The table of mail")
struct MailTableTests {
    /// What becomes of the holder's page: `same` when only history grows, `waits` when the mail is kept, and `ignored`.
    private static let holderTable = RuleTable(
        """
        mail             | absent    issued   accepted submitted escalated completed returned  recalled | goes out
        signedOff        | waits     ignored  ignored  completed ignored   ignored   ignored   ignored  | -
        reworkRequested  | waits     ignored  ignored  accepted  ignored   ignored   ignored   ignored  | -
        carryOn          | waits     ignored  ignored  ignored   accepted  ignored   ignored   ignored  | resumed>issuer
        takeOver         | waits     ignored  ignored  ignored   recalled  ignored   ignored   ignored  | takenOver>issuer
        passUp           | waits     ignored  ignored  ignored   same      ignored   ignored   ignored  | -
        """
    )

    /// A recall of what is escalated also tells the superior that no answer is needed.
    private static let recallTable = RuleTable(
        """
        mail             | absent    issued   accepted submitted completed returned  recalled           | goes out
        recalled         | recalled  recalled recalled recalled  ignored   ignored   ignored            | -
        """
    )

    private static let escalatedRecallTable = RuleTable(
        """
        mail             | escalated                                                                    | goes out
        recalled         | recalled                                                                     | escalationWithdrawn>superior
        """
    )

    private static let holderCells = [holderTable, recallTable, escalatedRecallTable].flatMap(\.cells)

    @Test("Mail to a holder does what the table says", arguments: holderCells)
    func toHolder(cell: RuleTable.Cell) throws {
        let state = AssignmentState(rawValue: cell.column)
        var desk = Desk(leg: state)
        let mail = try mail(cell.keys[0], about: desk)
        desk.grid.mail.removeAll()
        let before = desk.assignment
        let decision = desk.grid.handle(.mail(mail))
        switch cell.expected {
        case "waits":
            #expect(decision.outcome == .waiting(for: desk.leg))
            #expect(decision.history.isEmpty && decision.outgoing.isEmpty)
        case "ignored":
            #expect(decision.outcome == .ignored)
            #expect(decision.history.map(\.event) == [.ignored])
            #expect(decision.history.first?.note?.isEmpty == false)
            #expect(decision.outgoing.isEmpty && decision.timers.isEmpty)
            #expect(desk.assignment == before)
        default:
            #expect(decision.outcome == .applied)
            #expect(!decision.history.isEmpty)
            #expect(decision.mail(naming: Desk.names) == cell.outgoing)
            #expect(decision.outgoing.map(\.id.text) == decision.outgoing.indices.map { "m-1/\($0 + 1)" })
            #expect(
                desk.assignment?.state == (cell.expected == "same" ? state : AssignmentState(rawValue: cell.expected))
            )
        }
    }

    /// What a holder tells an issuer who issues again what it has: nothing to one who knows, or where it stands.
    private static let repeatedTable = RuleTable(
        """
        mail   by       | issued  accepted     submitted escalated  completed returned recalled  | goes out
        issued issuer   | ignored acknowledged submitted progressed completed returned takenOver | -
        issued stranger | ignored ignored      ignored   ignored    ignored   ignored  ignored   | -
        """
    )

    @Test("An issue that repeats under another identifier does what the table says", arguments: repeatedTable.cells)
    func issuedAgain(cell: RuleTable.Cell) throws {
        var desk = Desk(leg: AssignmentState(rawValue: cell.column))
        var mail = try mail("issued", about: desk)
        mail.source = try #require(Desk.actors[cell.keys[1]])
        let before = desk.assignment
        let decision = desk.grid.handle(.mail(mail))
        #expect(desk.assignment == before)
        if cell.expected == "ignored" {
            #expect(decision.outcome == .ignored && decision.outgoing.isEmpty)
        } else {
            #expect(decision.mail(naming: Desk.names) == ["\(cell.expected)>issuer"])
            #expect(decision.history.map(\.event) == [.restated])
        }
    }

    @Test("A holder whose page is older than what its issuer has heard steps over it before it reports")
    func stepsOver() throws {
        var desk = Desk(leg: .accepted)
        let before = try #require(desk.assignment)
        var mail = try mail("issued", about: desk)
        guard case .issued(var body) = mail.body else { return }
        body.seen = Standing(state: .submitted, revision: 7)
        mail.body = .issued(body)
        let decision = desk.grid.handle(.mail(mail))
        #expect(decision.assignment?.revision == 8)
        #expect(decision.assignment?.state == before.state)
        guard case .acknowledged(let report)? = decision.outgoing.first?.body else {
            Issue.record("not reported")
            return
        }
        #expect(report.revision == 8)
    }

    @Test("A page that is gone is begun anew, behind no report that its issuer has heard")
    func begunAnew() throws {
        var desk = Desk(leg: nil)
        var mail = try #require(desk.grid.mail.first)
        guard case .issued(var body) = mail.body else { return }
        body.seen = Standing(state: .accepted, revision: 4)
        mail.body = .issued(body)
        let decision = desk.grid.handle(.mail(mail))
        #expect(decision.assignment?.revision == 5)
        #expect(decision.assignment?.state == .issued)
        #expect(decision.mail(naming: Desk.names) == ["progressed>issuer"])
    }

    @Test("An escalation whose holder steps over lost reports is withdrawn and asked anew under the new revision")
    func escalatedAnew() throws {
        var desk = Desk(leg: .escalated)
        var mail = try mail("issued", about: desk)
        guard case .issued(var body) = mail.body else { return }
        body.seen = Standing(state: .accepted, revision: 7)
        mail.body = .issued(body)
        desk.grid.handle(.mail(mail))
        desk.grid.deliverAll()
        let escalation = try #require(desk.grid.escalation(of: desk.leg, at: Desk.superior))
        #expect(escalation.state == .open && escalation.revision == 8)
        #expect(desk.grid.legs[desk.leg]?.state == .escalated)
        desk.grid.act(.answer, desk.leg, by: Desk.superior, answer: .carryOn)
        desk.grid.deliverAll()
        #expect(desk.assignment?.state == .accepted)
    }

    @Test("An issuer that knows a submission as taken back has asked for rework, and its holder does it")
    func reworkByIssue() throws {
        var desk = Desk(leg: .submitted)
        let revision = try #require(desk.assignment?.revision)
        var mail = try mail("issued", about: desk)
        guard case .issued(var body) = mail.body else { return }
        body.seen = Standing(state: .accepted, revision: revision)
        mail.body = .issued(body)
        let decision = desk.grid.handle(.mail(mail))
        #expect(decision.assignment?.state == .accepted && decision.assignment?.rework == 1)
    }

    @Test(
        "What only an issuer may send is ignored from anybody else",
        arguments: ["signedOff", "reworkRequested", "recalled"],
        AssignmentState.allCases
    )
    func fromAnotherPost(name: String, state: AssignmentState) throws {
        var desk = Desk(leg: state)
        var mail = try mail(name, about: desk)
        mail.source = Desk.stranger
        let before = desk.assignment
        #expect(desk.grid.handle(.mail(mail)).outcome == .ignored)
        #expect(desk.assignment == before)
    }

    /// What becomes of the leg on its issuer's page when a report of a later revision comes. The issuer's own decision
    /// stands, except that a completion that crossed a recall is a completion.
    private static let issuerTable = RuleTable(
        """
        report           | issued    accepted  submitted escalated completed returned  recalled  | goes out
        acknowledged     | accepted  accepted  accepted  accepted  ignored   ignored   ignored   | -
        progressed       | accepted  accepted  accepted  accepted  ignored   ignored   ignored   | -
        submitted        | submitted submitted submitted submitted ignored   ignored   ignored   | -
        completed        | completed completed completed completed ignored   ignored   completed | -
        returned         | returned  returned  returned  returned  ignored   ignored   ignored   | -
        escalated        | escalated escalated escalated escalated ignored   ignored   ignored   | -
        resumed          | accepted  accepted  accepted  accepted  ignored   ignored   ignored   | -
        takenOver        | recalled  recalled  recalled  recalled  ignored   ignored   ignored   | -
        """
    )

    @Test("A report does at the issuer what the table says", arguments: issuerTable.cells)
    func toIssuer(cell: RuleTable.Cell) throws {
        var desk = Desk(leg: AssignmentState(rawValue: cell.column))
        let known = try #require(desk.grid.legs[desk.leg])
        let report = try report(cell.keys[0], of: desk, revision: known.revision + 5)
        let decision = desk.grid.handle(.mail(report))
        #expect(decision.outcome == (cell.expected == "ignored" ? .ignored : .applied))
        let expected = cell.expected == "ignored" ? known.state : AssignmentState(rawValue: cell.expected)
        #expect(desk.grid.legs[desk.leg]?.state == expected)
        // Progress brings the news that it overtook in a line of its own.
        let brings = cell.keys[0] == "progressed" && known.state != expected
        #expect(decision.history.count == (brings ? 2 : 1) || cell.expected == "completed")
        #expect(GridInvariants.brokenAfterStep(desk.grid) == [])
    }

    @Test("A report that was overtaken changes nothing in any state", arguments: issuerTable.cells)
    func overtaken(cell: RuleTable.Cell) throws {
        var desk = Desk(leg: AssignmentState(rawValue: cell.column))
        let known = try #require(desk.grid.legs[desk.leg])
        let decision = desk.grid.handle(.mail(try report(cell.keys[0], of: desk, revision: known.revision - 1)))
        #expect(decision.outcome == .ignored)
        #expect(decision.history.map(\.event) == [.ignored])
        #expect(desk.grid.legs[desk.leg] == known)
    }

    @Test("A report by a post that does not hold the leg is ignored", arguments: issuerTable.cells)
    func reportOfAnother(cell: RuleTable.Cell) throws {
        var desk = Desk(leg: AssignmentState(rawValue: cell.column))
        let known = try #require(desk.grid.legs[desk.leg])
        var report = try report(cell.keys[0], of: desk, revision: known.revision + 5)
        report.source = Desk.stranger
        #expect(desk.grid.handle(.mail(report)).outcome == .ignored)
        #expect(desk.grid.legs[desk.leg] == known)
    }

    @Test("A report about a root is dead: a work order reports to nobody")
    func reportOfRoot() throws {
        var desk = Desk(leg: .accepted)
        var report = try report("completed", of: desk, revision: 9)
        report.assignment = desk.root
        guard case .dead = desk.grid.handle(.mail(report)).outcome else {
            Issue.record("not dead")
            return
        }
    }

    @Test("An assignment for a post that is not there is dead, with the reason")
    func unknownPost() throws {
        var desk = Desk(leg: nil)
        var mail = try #require(desk.grid.mail.first)
        mail.target = SampleGrid.cellLeader(2, 9)
        let decision = desk.grid.handle(.mail(mail))
        #expect(
            decision.outcome == .dead(reason: "there is no post \(mail.target) in the organization of this node")
        )
        #expect(decision.assignment == nil && decision.history.isEmpty)
    }

    // MARK: Mail by name

    private func mail(_ name: String, about desk: Desk) throws -> Mail {
        let revision = desk.assignment?.revision ?? 1
        let note = NoteBody(note: "because")
        let reply = ReplyBody(revision: revision, note: "because")
        func answered(_ kind: AnswerKind) -> MailBody {
            let next = kind == .passUp ? Desk.issuer : nil
            return .escalationAnswered(AnsweredBody(answer: kind, rung: 1, revision: revision, superior: next))
        }
        let body: MailBody =
            switch name {
            case "issued": try #require(desk.grid.sent.first?.body)
            case "signedOff": .signedOff(reply)
            case "reworkRequested": .reworkRequested(reply)
            case "recalled": .recalled(note)
            default: answered(try #require(AnswerKind(rawValue: name)))
            }
        let source = AnswerKind(rawValue: name) == nil ? Desk.issuer : Desk.superior
        return Mail(
            id: SampleGrid.messageID("m-1"),
            source: source,
            target: Desk.holder,
            assignment: desk.leg,
            time: desk.grid.now,
            body: body
        )
    }

    private func report(_ name: String, of desk: Desk, revision: Int) throws -> Mail {
        func report(_ state: AssignmentState) -> ReportBody { ReportBody(state: state, revision: revision) }
        let body: MailBody =
            switch name {
            case "acknowledged": .acknowledged(report(.accepted))
            case "progressed": .progressed(report(.accepted))
            case "submitted": .submitted(report(.submitted))
            case "completed": .completed(report(.completed))
            case "returned": .returned(report(.returned))
            case "resumed": .resumed(report(.accepted))
            case "takenOver": .takenOver(report(.recalled))
            default:
                .escalated(
                    EscalatedBody(
                        holder: Desk.holder,
                        superior: Desk.superior,
                        rung: 1,
                        revision: revision,
                        title: "Check the fire lanes",
                        reason: "because",
                        byClock: false
                    )
                )
            }
        return Mail(
            id: SampleGrid.messageID("m-1"),
            source: Desk.holder,
            target: Desk.issuer,
            assignment: desk.leg,
            time: desk.grid.now,
            body: body
        )
    }
}
