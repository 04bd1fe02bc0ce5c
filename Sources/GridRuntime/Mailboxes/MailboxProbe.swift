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
    /// How long to wait before a mailbox that refused its probe gets another.
    private static let pause = Duration.milliseconds(100)

    /// How many mailboxes share a channel at first: as many as a broker that is busy answers for in far less than their time.
    private static let sharing = 500

    /// Probes mailboxes: many at once, then each by itself that did not answer, since one that does not holds up the
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
        var suspects: [Mailbox] = []
        for start in stride(from: 0, to: mailboxes.count, by: sharing) {
            let some = Array(mailboxes[start..<min(mailboxes.count, start + sharing)])
            suspects += try await unconfirmed(some, over: connection, within: limit)
        }
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
        let end = ContinuousClock.now + limit
        var silent: [Mailbox] = []
        var left = mailboxes
        while !left.isEmpty {
            let refused = try await probe(left, over: connection, until: end, silent: &silent)
            guard !refused.isEmpty else { break }
            guard ContinuousClock.now + pause < end else {
                return silent + (try await withoutFull(refused, over: connection))
            }
            // Those that are choosing another leader: it takes less than a second, and each try a channel of its own,
            // since one keeps refusing that has done so once (seen with RabbitMQ 3.10.8).
            try await Task.sleep(for: pause)
            left = refused
        }
        return silent
    }

    /// Leaves out the mailboxes that refuse because a policy's limit is reached. They hold messages, which one without a
    /// leader does not tell, and nothing but their consumer can help them.
    private static func withoutFull(_ refused: [Mailbox], over connection: AMQPConnection) async throws -> [Mailbox] {
        try await connection.withChannel { channel in
            var empty: [Mailbox] = []
            for mailbox in refused where try await channel.status(ofQueue: mailbox.name).messageCount == 0 {
                empty.append(mailbox)
            }
            return empty
        }
    }

    /// Sends each mailbox a probe, all on one channel.
    ///
    /// - Parameter silent: Added to, those that gave no answer or are not there at all.
    /// - Returns: Those for which the broker refused the probe.
    private static func probe(
        _ mailboxes: [Mailbox],
        over connection: AMQPConnection,
        until end: ContinuousClock.Instant,
        silent: inout [Mailbox]
    ) async throws -> [Mailbox] {
        let outcomes = try await connection.withChannel {
            await $0.publish(mailboxes.map(message), timeout: ContinuousClock.now.duration(to: end))
        }
        var refused: [Mailbox] = []
        for (mailbox, outcome) in zip(mailboxes, outcomes) {
            switch outcome {
            case .confirmed: break
            case .failed(let error) where error.code == .connectionBlocked: break
            case .nacked: refused.append(mailbox)
            case .returned: silent.append(mailbox)
            case .failed(let error) where error.code == .operationTimedOut: silent.append(mailbox)
            case .failed(let error): throw error
            }
        }
        return refused
    }

    private static func message(to mailbox: Mailbox) -> AMQPMessage {
        var properties = AMQPProperties()
        properties.type = type
        properties.deliveryMode = .persistent
        return AMQPMessage(routingKey: mailbox.name, mandatory: true, properties: properties, body: [])
    }
}
