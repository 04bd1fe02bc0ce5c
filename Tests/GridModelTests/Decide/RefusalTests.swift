//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Refusals")
struct RefusalTests {
    @Test("Some verbs need a note that says why", arguments: [nil, "", " \n"])
    func note(note: String?) {
        for verb in [CommandVerb.return, .escalate, .rework, .recall, .progress] {
            var desk = Desk(leg: verb == .rework ? .submitted : .accepted)
            let actor = verb == .rework || verb == .recall ? Desk.issuer : Desk.holder
            let refusal = desk.grid.act(verb, desk.leg, by: actor, note: note).refusal
            #expect(refusal?.reason == .invalid)
            #expect(refusal?.detail == "\(verb.rawValue) needs a note that says why")
        }
    }

    @Test("A note may have 4,000 bytes, and not one more")
    func longNote() {
        var desk = Desk(leg: .accepted)
        let longest = String(repeating: "x", count: maximumNoteLength)
        #expect(desk.grid.act(.progress, desk.leg, by: Desk.holder, note: longest).outcome == .applied)
        let refusal = desk.grid.act(.progress, desk.leg, by: Desk.holder, note: longest + "x").refusal
        #expect(refusal?.reason == .invalid)
    }

    @Test("A command must bring what its verb needs")
    func missingParts() {
        var desk = Desk(leg: .escalated)
        #expect(desk.grid.act(.answer, desk.leg, by: Desk.superior).refusal?.reason == .invalid)
        #expect(desk.grid.act(.reassign, desk.leg, by: Desk.issuer).refusal?.reason == .invalid)
        #expect(desk.grid.act(.issue, desk.leg, by: Desk.issuer).refusal?.reason == .invalid)
    }

    @Test(
        "A root has no issuer that could settle it like a leg",
        arguments: [
            CommandVerb.signOff, .rework, .reassign,
        ]
    )
    func rootIsNoLeg(verb: CommandVerb) {
        var desk = Desk(leg: .accepted)
        let decision = desk.grid.act(verb, desk.root, by: Desk.issuer, post: Desk.stranger)
        #expect(decision.refusal?.reason == .invalid)
    }

    @Test("A root is recalled, not returned")
    func rootIsNotReturned() {
        var desk = Desk(leg: .accepted)
        #expect(desk.grid.act(.return, desk.root, by: Desk.issuer).refusal?.reason == .invalid)
    }

    @Test("A command whose identifier leaves no room for those derived from it is refused")
    func longIdentifier() {
        var desk = Desk(leg: .issued)
        let body = CommandBody.act(.acknowledge, desk.leg, ActionBody())
        let fits = Command(id: SampleGrid.messageID(String(repeating: "9", count: 100)), actor: Desk.holder, body: body)
        var tooLong = fits
        tooLong.id = SampleGrid.messageID(String(repeating: "9", count: 101))
        #expect(desk.grid.handle(.command(tooLong)).refusal?.reason == .invalid)
        #expect(desk.grid.handle(.command(fits)).outcome == .applied)
    }

    @Test("A command whose identifier could pass for one derived from another's is refused")
    func slashInIdentifier() {
        var desk = Desk(leg: .issued)
        let body = CommandBody.act(.acknowledge, desk.leg, ActionBody())
        let command = Command(id: SampleGrid.messageID("c-1/1"), actor: Desk.holder, body: body)
        #expect(desk.grid.handle(.command(command)).refusal?.reason == .invalid)
        #expect(desk.assignment?.state == .issued)
    }

    @Test("Whoever asked is told, with the code for programs and the sentence for people")
    func mail() throws {
        var desk = Desk(leg: .accepted)
        let id = SampleGrid.messageID("c-1")
        let command = Command(id: id, actor: Desk.holder, body: .act(.acknowledge, desk.leg, ActionBody()))
        let refusal = try #require(desk.grid.handle(.command(command)).refusal)
        #expect(refusal.detail.hasSuffix("while it is accepted: it is acknowledged already"))
        let mail = refusalMail(of: command, for: refusal, at: desk.grid.now)
        #expect(mail.source == Desk.holder && mail.target == Desk.holder && mail.assignment == desk.leg)
        #expect(mail.id.text == "\(Desk.holder)/c-1/1" && mail.time == desk.grid.now)
        let body = RefusedBody(command: "c-1", verb: "acknowledge", reason: .wrongState, detail: refusal.detail)
        #expect(mail.body == .refused(body))
        let decision = desk.grid.handle(.mail(mail))
        #expect(decision.outcome == .applied && decision.history.isEmpty && decision.outgoing.isEmpty)
    }
}
