//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
package import GridStore

/// A message that could not be handled or delivered, with what an operator needs to decide about it.
package struct DeadLetter: Sendable, Hashable {
    /// A short name that stays the same each time the letter is looked at.
    package let key: String
    /// Which queue keeps it: `gridwork.dead` or `gridwork.unrouted`.
    package let queue: String
    /// Why it is dead.
    package let reason: String
    /// When it died, where that is known.
    package let at: String?
    /// The queue it came off, where there was one.
    package let origin: String?
    /// The message as it was sent, to its original exchange and routing key.
    package let message: StoredMessage

    /// Marks a message as dead and addresses it to the dead letters, its own route and identifier kept as far as they
    /// can be sent.
    static func mark(_ message: StoredMessage, reason: String, queue: String?, at now: Instant) -> StoredMessage {
        var dead = message.cutToFit()
        dead.headers[HeaderName.deadReason] = reason
        dead.headers[HeaderName.deadAt] = now.description
        dead.headers[HeaderName.deadExchange] = message.exchange
        dead.headers[HeaderName.deadRoutingKey] = dead.routingKey
        dead.headers[HeaderName.deadQueue] = queue
        dead.exchange = ExchangeName.dead
        return dead
    }

    /// Reads a letter off one of the two queues.
    package init(_ received: StoredMessage, from queue: String) {
        var message = received
        // The node leaves marks of its own; the broker's dead letter has been through another exchange since.
        message.exchange =
            received.headers[HeaderName.deadExchange] ?? received.headers[HeaderName.firstDeathExchange]
            ?? received.exchange
        message.routingKey = received.headers[HeaderName.deadRoutingKey] ?? received.routingKey
        message.headers = received.headers.filter { !HeaderName.isDeadLetterMark($0.key) }
        self.queue = queue
        self.message = message
        at = received.headers[HeaderName.deadAt]
        origin = received.headers[HeaderName.deadQueue] ?? received.headers[HeaderName.firstDeathQueue]
        if let reason = received.headers[HeaderName.deadReason] {
            self.reason = reason
        } else if queue == ExchangeName.unrouted {
            reason = "no queue was bound for its routing key when it was published"
        } else {
            let why = received.headers[HeaderName.firstDeathReason] ?? "unknown"
            reason = "the broker gave it up: \(why)"
        }
        key = Self.key(of: message)
    }

    /// Made of what identifies the letter.
    private static func key(of message: StoredMessage) -> String {
        var fingerprint = Fingerprint()
        fingerprint.add(message.exchange)
        fingerprint.add(message.routingKey)
        fingerprint.add(message.messageID)
        fingerprint.add(message.body)
        return fingerprint.text
    }
}
