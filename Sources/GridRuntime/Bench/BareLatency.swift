//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Logging

/// What the broker alone takes: the same number of messages at the same rate, published, confirmed and consumed, and
/// nothing else done.
struct BareLatency: Sendable {
    let rate: Int
    let count: Int
    let queues: Int
    let bodyBytes: Int
    let broker: AMQPConfiguration
    let logger: Logger

    func run() async throws -> LatencyFigures {
        let sheet = LatencySheet(count: count)
        let names = (0..<queues).map { "gridwork.bench.bare.\($0)" }
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                for name in names {
                    _ = try await channel.declare(AMQPQueue(name: name, arguments: ["x-queue-type": "quorum"]))
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await consume(from: names, noting: sheet) }
                group.addTask { try await publish(to: names, over: connection, noting: sheet) }
                try await group.waitForAll()
            }
            try await connection.withChannel { channel in
                for name in names { _ = try await channel.deleteQueue(name) }
            }
        }
        return sheet.figures
    }

    private func publish(to names: [String], over connection: AMQPConnection, noting sheet: LatencySheet) async throws {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: bodyBytes)
        let messages = (0..<count).map { number in
            var properties = AMQPProperties()
            properties.deliveryMode = .persistent
            properties.messageID = "\(number)"
            return AMQPMessage(
                exchange: "",
                routingKey: names[number % names.count],
                mandatory: false,
                properties: properties,
                body: body
            )
        }
        try await connection.withChannel { channel in
            try await SteadyOffer(rate: rate).run(messages, over: channel, noting: sheet)
        }
    }

    private func consume(from names: [String], noting sheet: LatencySheet) async throws {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                let consumer = try await channel.consume(names.map { AMQPSubscription(queue: $0, prefetch: 100) })
                while !sheet.isComplete, let batch = try await consumer.nextBatch(maximum: 1_000) {
                    let now = ContinuousClock.now
                    for number in batch.compactMap({ $0.properties.messageID.flatMap { Int($0) } }) {
                        sheet.arrive(number, at: now)
                    }
                    try await channel.acknowledge(batch)
                }
            }
        }
    }
}
