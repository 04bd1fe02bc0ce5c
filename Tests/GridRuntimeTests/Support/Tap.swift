//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import Synchronization

/// Sees every message between posts and every command, from a queue of its own.
final class Tap: Sendable {
    private let taken = Mutex<[AMQPDelivery]>([])

    /// What has come by, in order.
    var messages: [AMQPDelivery] { taken.withLock(\.self) }

    /// What has come by of one type.
    func messages(of event: MailEvent) -> [AMQPDelivery] {
        messages.filter { $0.properties.type == event.type }
    }

    /// Waits until a message that fits has come by, and returns the first.
    @discardableResult
    func first(
        _ what: String,
        within limit: Duration = .seconds(60),
        where fits: (AMQPDelivery) -> Bool
    ) async throws -> AMQPDelivery {
        var found: AMQPDelivery?
        try await poll(what, within: limit) {
            found = messages.first(where: fits)
            return found != nil
        }
        guard let found else { throw CancellationError() }
        return found
    }

    fileprivate func take(_ batch: [AMQPDelivery]) {
        taken.withLock { $0 += batch }
    }
}

extension Chain {
    /// Listens to all that is said for the length of `body`.
    ///
    /// - Parameter copies: How often every message is published once more, as a broker or an agent might after a crash.
    func withTap<Value: Sendable>(
        copies: Int = 0,
        _ body: @escaping @Sendable (Tap) async throws -> Value
    ) async throws -> Value {
        try await declareTopology()
        let tap = Tap()
        return try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                let queue = try await channel.declare(AMQPQueue(name: "", durable: false, exclusive: true)).name
                for exchange in [ExchangeName.mail, ExchangeName.commands] {
                    try await channel.bind(AMQPBinding(source: exchange, queue: queue, routingKey: "#"))
                }
                let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 1_000)])
                return try await withThrowingTaskGroup(of: Value?.self) { group in
                    group.addTask {
                        while let batch = try await consumer.nextBatch(maximum: 100) {
                            let originals = batch.filter { $0.properties.headers[Self.copyMark] == nil }
                            tap.take(originals)
                            for _ in 0..<copies { try await channel.publishAll(originals.map(Self.copy)) }
                            try await channel.acknowledge(batch)
                        }
                        return nil
                    }
                    group.addTask { try await body(tap) }
                    defer { group.cancelAll() }
                    guard let value = try await group.next() ?? nil else { throw EndedEarly() }
                    return value
                }
            }
        }
    }

    /// Marks a copy, so that it is not copied in turn.
    private static let copyMark = "x-test-copy"

    private static func copy(_ delivery: AMQPDelivery) -> AMQPMessage {
        var properties = delivery.properties
        properties.headers[copyMark] = true
        return AMQPMessage(
            exchange: delivery.exchange,
            routingKey: delivery.routingKey,
            properties: properties,
            body: delivery.body
        )
    }
}
