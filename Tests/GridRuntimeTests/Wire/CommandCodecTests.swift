//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Commands on the wire")
struct CommandCodecTests {
    private let organization: Organization
    private let assignment: AssignmentID

    init() throws {
        organization = try OrganizationFile.organization(from: Street.small.file())
        assignment = try #require(AssignmentID("\(Street.code)-20261123-0001.1.1.1"))
    }

    private func message(id: String, verb: CommandVerb = .complete) throws -> StoredMessage {
        let actor = Street.small.liaison(1, 1, 1)
        let command = Command(
            id: try #require(MessageID(id)),
            actor: actor,
            body: .act(verb, assignment, ActionBody(note: "已办结"))
        )
        let mailbox = try #require(organization.mailbox(of: actor))
        return try CommandCodec().encode(
            command,
            mailboxPrefix: "\(mailbox.name).\(actor.code)",
            at: Instant(milliseconds: 0)
        )
    }

    @Test("are read as they were written")
    func roundTrip() throws {
        for verb in CommandVerb.allCases where verb != .issue {
            let command = try CommandCodec().decode(message(id: "c:1.2-3_4", verb: verb), in: organization)
            #expect(command.id.text == "c:1.2-3_4" && command.actor == Street.small.liaison(1, 1, 1))
            #expect(command.body == .act(verb, assignment, ActionBody(note: "已办结")))
        }
    }

    @Test(
        "have identifiers that cannot pass for one of another command's chain, nor make one too long",
        arguments: ["c/1", "/", "office@999999001/c/1", String(repeating: "x", count: 101)]
    )
    func identifiers(id: String) throws {
        let error = #expect(throws: BadMessage.self) {
            try CommandCodec().decode(message(id: id), in: organization)
        }
        #expect(error?.reason.hasPrefix("the command's id ") == true, "\(String(describing: error))")
    }
}
