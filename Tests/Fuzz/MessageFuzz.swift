//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridStore
import Logging

@testable import AMQP
@testable import GridRuntime

/// Messages that reach a node on which an order is under way.
///
/// Each is handled in a transaction that is given up, so that every input meets the same pages.
final class MessageFuzz: Sendable {
    static let shared: MessageFuzz = {
        do {
            return try MessageFuzz()
        } catch {
            fatalError("The state file cannot be prepared: \(error)")
        }
    }()

    private struct Undone: Error {}

    private static let now = Instant(milliseconds: 1_795_392_000_000)
    private let organization: Organization
    private let store: StateFile
    private let handler: MessageHandler

    /// Prepares the state file of a small street with an order that has reached everybody.
    private init() throws {
        let bytes = try Data(contentsOf: URL(filePath: "deploy/samples/jiangsu-road.organization.json"))
        organization = try OrganizationFile.organization(from: Array(bytes))
        let folder = FileManager.default.temporaryDirectory.path() + "/gridwork-fuzz-\(getpid())"
        store = try StateFile.open(at: folder + "/state.sqlite")
        handler = MessageHandler(
            organization: organization,
            clock: WallClock { MessageFuzz.now },
            logger: Logger(label: "gridwork.fuzz") { _ in SwiftLogNoOpLogHandler() }
        )
        // The files are open and need no names: nothing is left behind however the process ends.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try store.writeNow { store in
            let order = try Data(contentsOf: URL(filePath: "deploy/samples/winter-safety.order.json"))
            var draft = try OrderFile.draft(from: Array(order))
            // The first community, with everybody below it: the posts that `message(ofBody:)` chooses among.
            let posts = organization.units
            draft.scope = [posts[1].code.digits]
            guard let id = MessageID("fuzz-1") else { fatalError("The order's command has no name") }
            let command = Command(id: id, actor: posts[0].post, body: .issue(draft))
            var mails = try handler.perform(command, in: store).outgoing
            guard !mails.isEmpty else { fatalError("The order reaches nobody") }
            while !mails.isEmpty {
                let mail = mails.removeFirst()
                mails += try handler.receive(handler.read(mail, from: "fuzz"), in: store)
            }
        }
    }

    /// A message with sound headers around a body, whose first byte says which type it is.
    func message(ofBody input: [UInt8]) -> StoredMessage {
        let types = MailEvent.allCases.map(\.type) + CommandVerb.allCases.map(\.type)
        let type = types[Int(input.first ?? 0) % types.count]
        let word = type.split(separator: ".")[2]
        let posts = organization.units
        // Somewhere in the middle, where there is an issuer and there are legs.
        let post = posts[Int(input.dropFirst().first ?? 0) % posts.count].post
        return StoredMessage(
            exchange: CommandVerb(type: type) == nil ? ExchangeName.mail : ExchangeName.commands,
            routingKey: "\(organization.mailbox(of: post)?.name ?? "").\(post.code).\(word)",
            messageID: "fuzz-2",
            headers: ["ce-specversion": "1.0", "ce-source": post.text],
            type: type,
            correlationID: nil,
            body: Array(input.dropFirst(2))
        )
    }

    /// Handles a message, and looks at it as a dead letter.
    func receive(_ message: StoredMessage) {
        do {
            try store.writeNow { store in
                for answer in try handler.receive(handler.read(message, from: "fuzz"), in: store) { check(answer) }
                throw Undone()
            }
        } catch is Undone {
        } catch {
            fatalError("The state file does not survive a message: \(String(reflecting: error))")
        }
        let letter = DeadLetter(message, from: ExchangeName.dead)
        _ = letter.since
        check(DeadLetter.mark(message, as: .badMessage, because: "fuzz", queue: "fuzz", at: Self.now))
    }

    /// Whatever is sent has to fit a frame, and what is sent as mail has to be read again.
    private func check(_ sent: StoredMessage) {
        do {
            try sent.outgoing.validate()
            if sent.exchange == ExchangeName.mail { _ = try MailCodec().decode(sent, in: organization) }
        } catch {
            fatalError("What is sent cannot be sent or read: \(error)")
        }
    }
}
