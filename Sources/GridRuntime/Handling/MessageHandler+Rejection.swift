//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Logging

/// What becomes of messages that cannot be read.
extension MessageHandler {
    /// Dead-letters a message that does not fit its schema; the agent that sent a command is told as well.
    func reject(
        _ message: StoredMessage,
        from queue: String?,
        attempts: Int,
        because error: BadMessage
    ) -> [StoredMessage] {
        logger.warning(
            "A message does not fit its schema",
            metadata: [LogKey.queue: "\(queue ?? "")", LogKey.reason: "\(error.reason)"]
                .merging(message.traceMetadata) { told, _ in told }
        )
        var outgoing = [
            DeadLetter.mark(
                message,
                as: .badMessage,
                because: error.reason,
                queue: queue,
                attempts: attempts,
                at: clock.now
            )
        ]
        guard let answer = refusal(ofUnreadable: message, because: error) else { return outgoing }
        do {
            outgoing.append(try mail.encode(answer, in: organization))
        } catch {
            logger.warning(
                "A refusal could not be written; the message is among the dead letters",
                metadata: [LogKey.queue: "\(queue ?? "")", LogKey.reason: "\(error)"]
            )
        }
        return outgoing
    }

    /// The mail that tells an agent why its command could not be read; nil when too little of it can be read to say
    /// whose it is and what it asked for, as the schema of a refusal demands.
    private func refusal(ofUnreadable message: StoredMessage, because error: BadMessage) -> Mail? {
        guard message.exchange == ExchangeName.commands,
            let (post, word) = organization.post(ofRoutingKey: message.routingKey),
            let verb = CommandVerb(rawValue: word),
            let id = MessageID(message.headers[HeaderName.id] ?? message.messageID),
            let answerID = Self.refusalID(of: id, from: post)
        else { return nil }
        let assignment = commands.assignment(ofUnreadable: message)
        guard verb == .issue || assignment != nil else { return nil }
        let body = RefusedBody(command: id.text, verb: verb.rawValue, reason: .invalid, detail: error.reason)
        return Mail(
            id: answerID,
            source: post,
            target: post,
            assignment: assignment,
            time: clock.now,
            body: .refused(body)
        )
    }

    /// The identifier of the refusal of a command that could not be read: named after the command, as that of any other,
    /// unless the command's own identifier is what is wrong with it and must not become part of another.
    private static func refusalID(of command: MessageID, from post: PostAddress) -> MessageID? {
        guard command.problemAsCommand != nil else { return MessageID.chain(of: post, command).derived(1) }
        var fingerprint = Fingerprint()
        fingerprint.add(command.text)
        return MessageID("refused:\(post):\(fingerprint.text)")
    }
}
