//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel

/// A message that a process sends to the mailboxes it serves, past the exchanges, to see that they take messages.
///
/// A queue can be there and be declared again without complaint while nothing moves in it: RabbitMQ 3.10 notes the
/// identity of a new quorum queue on the disk only when no other has been declared for half a second, and when it is
/// killed before, the queue comes back without a leader and without what it held. Subscribing to such a queue blocks the
/// channel for a minute; a publish that is not confirmed tells as much and harms nothing (both seen with 3.10.8).
enum MailboxProbe {
    static let type = "gridwork.probe.v1"

    /// Whether a delivery is a probe. It is acknowledged and has no effect, whoever sent it.
    static func isProbe(_ delivery: AMQPDelivery) -> Bool {
        delivery.exchange.isEmpty && delivery.properties.type == type
    }

    /// How many channels probe one mailbox each at a time.
    private static let channels = 100

    /// Probes mailboxes: all at once, then each by itself that did not answer, since one that does not holds up the
    /// answers of all others on its channel.
    ///
    /// Not to be done on a connection that consumes: a broker short of memory stops reading from whoever publishes,
    /// acknowledgements too.
    ///
    /// - Parameter limit: How long a mailbox has for its answer.
    /// - Returns: Those that did not confirm their own probe in time, or are not there at all; none while the broker
    ///   takes no messages from anybody.
    /// - Throws: What made the channel or the connection end.
    static func silent(
        among mailboxes: [Mailbox],
        over connection: AMQPConnection,
        within limit: Duration
    ) async throws -> [Mailbox] {
        let suspects = try await unconfirmed(mailboxes, over: connection, within: limit)
        return try await silentAlone(among: suspects, over: connection, within: limit)
    }

    /// Probes mailboxes on a channel each.
    static func silentAlone(
        among mailboxes: [Mailbox],
        over connection: AMQPConnection,
        within limit: Duration
    ) async throws -> [Mailbox] {
        var silent: [Mailbox] = []
        for start in stride(from: 0, to: mailboxes.count, by: channels) {
            try await withThrowingTaskGroup(of: [Mailbox].self) { group in
                for mailbox in mailboxes[start..<min(mailboxes.count, start + channels)] {
                    group.addTask { try await unconfirmed([mailbox], over: connection, within: limit) }
                }
                for try await found in group { silent += found }
            }
        }
        return silent.sorted()
    }

    private static func unconfirmed(
        _ mailboxes: [Mailbox],
        over connection: AMQPConnection,
        within limit: Duration
    ) async throws -> [Mailbox] {
        if mailboxes.isEmpty { return [] }
        return try await connection.withChannel { channel in
            let outcomes = await channel.publish(mailboxes.map(message), timeout: limit)
            return try zip(mailboxes, outcomes).compactMap { mailbox, outcome in
                switch outcome {
                case .confirmed: return nil
                case .returned, .nacked: return mailbox
                case .failed(let error) where error.code == .connectionBlocked: return nil
                case .failed(let error) where error.code == .operationTimedOut: return mailbox
                case .failed(let error): throw error
                }
            }
        }
    }

    private static func message(to mailbox: Mailbox) -> AMQPMessage {
        var properties = AMQPProperties()
        properties.type = type
        properties.deliveryMode = .persistent
        return AMQPMessage(routingKey: mailbox.name, mandatory: true, properties: properties, body: [])
    }
}
