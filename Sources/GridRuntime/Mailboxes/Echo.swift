//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Logging

/// A message that a process sends to itself, to see that what is published still reaches it.
///
/// A heartbeat shows that the broker's socket answers, a count of consumers that the broker believes in a subscription.
/// Only a delivery shows that the way from a publisher to this process is open, and how long it is.
struct Echo: Sendable {
    /// Where to publish from: another connection, since a broker short of memory or disk stops reading from whoever
    /// publishes; nil for a connection that publishes anyway.
    let sender: AMQPConfiguration?
    /// How long the message may take to be confirmed, and then to arrive.
    var limit = Duration.seconds(10)
    let logger: Logger

    /// Sends a message to a queue that belongs to `connection` and waits for it there.
    ///
    /// - Returns: How long it took; nil while the broker accepts no messages.
    /// - Throws: A retriable ``AMQPError`` when it does not arrive.
    func roundTrip(over connection: AMQPConnection) async throws -> Duration? {
        try await connection.withChannel { channel in
            let queue = AMQPQueue(name: "", durable: false, exclusive: true, autoDelete: true)
            let name = try await channel.declare(queue).name
            let consumer = try await channel.consume([AMQPSubscription(queue: name, prefetch: 1)])
            let start = ContinuousClock.now
            guard try await publish(to: name, beside: connection) else { return nil }
            try await receive(from: consumer)
            return .now - start
        }
    }

    /// - Returns: Whether the broker accepts messages. One that is short of something still takes the first of a
    ///   connection, and tells it then.
    private func publish(to queue: String, beside connection: AMQPConnection) async throws -> Bool {
        guard let sender else { return try await publish(to: queue, over: connection) }
        return try await AMQPConnection.withConnection(sender, logger: logger) {
            try await publish(to: queue, over: $0)
        }
    }

    private func publish(to queue: String, over connection: AMQPConnection) async throws -> Bool {
        try await connection.withChannel { channel in
            let message = AMQPMessage(routingKey: queue, mandatory: true, body: [])
            switch await channel.publish([message], timeout: limit)[0] {
            case .confirmed: return !connection.isBlocked
            case .failed(let error) where error.code == .connectionBlocked: return false
            case .failed(let error): throw error
            case .returned, .nacked:
                throw AMQPError(.channelClosed, "The broker did not take a message to this process.")
            }
        }
    }

    private func receive(from consumer: AMQPConsumer) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await consumer.nextBatch(maximum: 1) }
            group.addTask {
                try await Task.sleep(for: limit)
                throw AMQPError(.operationTimedOut, "The broker took a message to this process and did not deliver it.")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
