//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Logging
import Testing

@Suite("The message handler")
struct MessageHandlerTests {
    @Test("Tells the sender of a command whose identifier has a slash, under a name that no chain has")
    func slashInIdentifier() async throws {
        let street = Street.small
        let organization = try OrganizationFile.organization(from: street.file())
        let actor = street.liaison(1, 1, 1)
        let assignment = try #require(AssignmentID("\(Street.code)-20261123-0001.1.1.1"))
        let command = Command(
            id: try #require(MessageID("c/1")),
            actor: actor,
            body: .act(.complete, assignment, ActionBody())
        )
        let mailbox = try #require(organization.mailbox(of: actor))
        let clock = TestClock().wall
        let message = try CommandCodec().encode(command, mailboxPrefix: "\(mailbox.name).\(actor.code)", at: clock.now)
        let handler = MessageHandler(
            organization: organization,
            clock: clock,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        let outgoing = try await withTemporaryFolder { folder in
            let store = try StateFile.open(at: folder + "/state.sqlite")
            return try await finally {
                try await store.write { try handler.receive(handler.read(message, from: mailbox.name), in: $0) }
            } then: {
                try store.close()
            }
        }
        #expect(outgoing.map(\.exchange) == [ExchangeName.dead, ExchangeName.mail])
        let mail = try MailCodec().decode(try #require(outgoing.last), in: organization)
        #expect(mail.target == actor && mail.assignment == assignment)
        #expect(mail.id.text.hasPrefix("refused:\(actor):") && !mail.id.text.contains("/"))
        guard case .refused(let body) = mail.body else {
            Issue.record("not a refusal")
            return
        }
        #expect(body.command == "c/1" && body.reason == .invalid)
        #expect(body.detail.contains("slash"))
    }
}
