//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// A message that could not be handled or delivered, with what an operator needs to decide about it.
package struct DeadLetter: Sendable, Hashable {
    /// A short name that stays the same each time the letter is looked at.
    package let key: String
    /// Which queue keeps it: `gridwork.dead` or `gridwork.unrouted`.
    package let queue: String
    /// Why it is dead.
    package let problem: DeadLetterProblem
    /// When it died, where that is known.
    package let at: Instant?
    /// The queue it came off, where there was one.
    package let origin: String?
    /// The message as it was sent, to its original exchange and routing key.
    package let message: StoredMessage

    /// When it died, or was sent as far as is known: what its age is counted from.
    package var since: Instant? {
        at ?? CloudEvent.attribute("time", of: message).flatMap(Instant.init(rfc3339:))
    }

    /// Marks a message as dead and addresses it to the dead letters, its own route and identifier kept as far as they
    /// can be sent.
    ///
    /// - Parameters:
    ///   - kind: What kind of problem it has.
    ///   - detail: What is wrong with this message, quoting nothing of its body.
    ///   - queue: The mailbox it came off; nil for one that had waited in the state file.
    ///   - attempts: How often its handling was begun.
    static func mark(
        _ message: StoredMessage,
        as kind: DeadLetterProblem.Kind,
        because detail: String,
        queue: String?,
        attempts: Int = 1,
        at now: Instant
    ) -> StoredMessage {
        var dead = message
        // What the broker or somebody else wrote there on its way here would be taken for ours.
        dead.headers = dead.headers.filter { !HeaderName.isDeadLetterMark($0.key) }
        dead = dead.cutToFit()
        let problem = DeadLetterProblem(kind, detail, key: key(of: dead), attempts: attempts)
        dead.headers[HeaderName.deadProblem] = problem.text
        dead.headers[HeaderName.deadAt] = now.description
        dead.headers[HeaderName.deadExchange] = message.exchange
        dead.headers[HeaderName.deadRoutingKey] = dead.routingKey
        dead.headers[HeaderName.deadQueue] = queue
        dead.exchange = ExchangeName.dead
        return dead
    }

    /// Reads a letter off one of the two queues.
    ///
    /// Only nodes may write to the dead letters' exchange, and their marks say where the message was going and who had sent
    /// it. What the broker put there, or among the unrouted, is still as its sender wrote it: marks on that are the sender's
    /// own, and would have whoever replays it send mail in the node's name.
    ///
    /// - Parameter sender: The user who published the message as it lies there, empty where it names none; nil for the
    ///   node's own.
    package init(_ received: StoredMessage, from queue: String, sender: String? = nil) {
        let isMarked = queue == ExchangeName.dead && received.headers[HeaderName.firstDeathReason] == nil
        let marks = isMarked ? received.headers : [:]
        var message = received
        // The broker's dead letter has been through another exchange since.
        message.exchange =
            marks[HeaderName.deadExchange] ?? received.headers[HeaderName.firstDeathExchange] ?? received.exchange
        message.routingKey = marks[HeaderName.deadRoutingKey] ?? received.routingKey
        message.headers = received.headers.filter { !HeaderName.isDeadLetterMark($0.key) }
        if !isMarked, message.exchange == ExchangeName.commands {
            message.headers[HeaderName.user] = sender
        }
        self.queue = queue
        self.message = message
        at = marks[HeaderName.deadAt].flatMap(Instant.init(rfc3339:))
        origin = marks[HeaderName.deadQueue] ?? received.headers[HeaderName.firstDeathQueue]
        key = Self.key(of: message)
        problem =
            marks[HeaderName.deadProblem].flatMap(DeadLetterProblem.init(text:))
            ?? Self.problem(ofUnmarked: received, key: key, queue: queue)
    }

    /// The problem of a letter that no node wrote.
    private static func problem(ofUnmarked received: StoredMessage, key: String, queue: String) -> DeadLetterProblem {
        if queue == ExchangeName.unrouted {
            let detail = "no queue was bound for its routing key when it was published"
            return DeadLetterProblem(.unrouted, detail, key: key, attempts: 0)
        }
        guard let why = received.headers[HeaderName.firstDeathReason] else {
            return DeadLetterProblem(.unknown, "neither a node nor the broker said why", key: key, attempts: nil)
        }
        return DeadLetterProblem(.brokerGaveUp, "the broker gave it up: \(why)", key: key, attempts: nil)
    }

    /// A short name for a message, made of what identifies it.
    static func key(of message: StoredMessage) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(message.exchange)
        fingerprint.add(message.routingKey)
        fingerprint.add(message.messageID)
        fingerprint.add(message.body)
        return fingerprint.text
    }
}
