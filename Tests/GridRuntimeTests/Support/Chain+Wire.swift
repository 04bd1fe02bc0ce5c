//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore

extension Chain {
    /// Publishes messages as somebody else would, all of them confirmed.
    func publish(_ messages: [AMQPMessage]) async throws {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                try await channel.publishAll(messages)
            }
        }
    }

    /// Declares the exchanges and mailboxes, as a node does when it starts.
    func declareTopology() async throws {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                try await channel.apply(GridTopology.topology(of: MailboxSelection().mailboxes(in: organization)))
            }
        }
    }

    /// A command as an agent of `actor` sends it.
    func message(
        _ verb: CommandVerb,
        _ id: AssignmentID,
        as actor: PostAddress,
        _ body: ActionBody = ActionBody(),
        id messageID: MessageID = newID()
    ) throws -> AMQPMessage {
        try message(Command(id: messageID, actor: actor, body: .act(verb, id, body)))
    }

    /// A command as an agent sends it.
    func message(_ command: Command) throws -> AMQPMessage {
        try CommandCodec().encode(command, mailboxPrefix: prefix(of: command.actor), at: clock.now)
            .outgoing(by: broker.username)
    }

    /// A mail as a node sends it.
    func message(_ mail: Mail) throws -> AMQPMessage {
        try MailCodec().encode(mail, in: organization).outgoing
    }

    /// The first words of a post's routing keys.
    func prefix(of post: PostAddress) throws -> String {
        guard let mailbox = organization.mailbox(of: post) else {
            throw Program.Failed(description: "\(post) has no mailbox")
        }
        return "\(mailbox.name).\(post.code)"
    }

    /// How many messages wait in each queue that is not empty, mailboxes and last resorts.
    func waitingMessages() async throws -> [String: Int] {
        let names = MailboxSelection().mailboxes(in: organization).map(\.name)
        return try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                var counts: [String: Int] = [:]
                for name in names + [ExchangeName.dead, ExchangeName.unrouted] {
                    let count = try await channel.status(ofQueue: name).messageCount
                    if count > 0 { counts[name] = count }
                }
                return counts
            }
        }
    }

    /// The dead letters.
    var deadLetters: DeadLetterDesk { DeadLetterDesk(broker: broker, logger: logger) }

    /// Waits until there are so many dead letters, and returns them.
    func awaitDeadLetters(_ count: Int) async throws -> [DeadLetter] {
        var letters: [DeadLetter] = []
        do {
            try await poll("there are \(count) dead letters") {
                letters = try await deadLetters.letters()
                return letters.count >= count
            }
        } catch let error as TimedOut {
            let known = letters.map { "\($0.message.messageID.prefix(40)): \($0.problem.detail)" }
            throw TimedOut(description: (["\(error)"] + known + complaints).joined(separator: "\n"))
        }
        return letters
    }
}

extension AMQPChannel {
    /// Publishes messages, every one of them confirmed.
    func publishAll(_ messages: [AMQPMessage]) async throws {
        for outcome in await publish(messages, timeout: .seconds(30)) {
            guard outcome.isConfirmed else { throw Program.Failed(description: "not confirmed: \(outcome)") }
        }
    }
}
