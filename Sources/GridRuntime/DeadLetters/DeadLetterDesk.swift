//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import GridModel
import GridStore
package import Logging

/// Looks at the dead letters, replays and discards them. They stay on the broker, where nothing expires.
///
/// A letter is looked at without being taken: everything that was received is put back when the channel closes.
package struct DeadLetterDesk: Sendable {
    /// The most letters looked at in one go.
    package static let limit = 2_000
    private static let publishLimit = Duration.seconds(10)

    private let broker: AMQPConfiguration
    private let logger: Logger

    /// Creates a desk.
    package init(broker: AMQPConfiguration, logger: Logger) {
        self.broker = broker
        self.logger = logger
    }

    /// What happened to a letter that was asked for.
    package enum Result: Sendable, Hashable {
        /// It was done.
        case done
        /// There is no letter with that key among the first `limit`.
        case notFound
        /// The broker did not take it back; it is still among the dead.
        case failed(String)
    }

    /// The letters in both queues, oldest first.
    ///
    /// - Throws: `AMQPError` when the broker cannot be asked.
    package func letters() async throws -> [DeadLetter] {
        try await scan { channel, queue in
            var letters: [DeadLetter] = []
            while letters.count < Self.limit, let delivery = try await channel.get(queue) {
                letters.append(DeadLetter(StoredMessage(delivery), from: queue))
            }
            return letters
        }
    }

    /// Sends a letter to its original exchange and routing key, its identifier kept, and takes it off the dead ones.
    ///
    /// It is taken off only after the broker confirmed the new copy, so a crash in between leaves it twice; the
    /// receiver's inbox absorbs that.
    package func replay(_ key: String) async throws -> Result {
        try await take(key) { letter, channel in
            let outcomes = await channel.publish([letter.message.outgoing], timeout: Self.publishLimit)
            guard case .confirmed? = outcomes.first else {
                return .failed(outcomes.first.map { "\($0)" } ?? "nothing was published")
            }
            return .done
        }
    }

    /// Takes a letter off the dead ones for good.
    package func discard(_ key: String) async throws -> Result {
        try await take(key) { _, _ in .done }
    }

    private func take(
        _ key: String,
        _ act: @Sendable (DeadLetter, AMQPChannel) async throws -> Result
    ) async throws -> Result {
        let results = try await scan { channel, queue -> [Result] in
            for _ in 0..<Self.limit {
                guard let delivery = try await channel.get(queue) else { break }
                let letter = DeadLetter(StoredMessage(delivery), from: queue)
                guard letter.key == key else { continue }
                let result = try await act(letter, channel)
                if case .done = result { try await channel.acknowledge([delivery.deliveryTag]) }
                return [result]
            }
            return []
        }
        return results.first ?? .notFound
    }

    /// Runs `body` over each of the two queues, on a channel of its own.
    private func scan<Element: Sendable>(
        _ body: @Sendable (AMQPChannel, String) async throws -> [Element]
    ) async throws -> [Element] {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            var found: [Element] = []
            for queue in [ExchangeName.dead, ExchangeName.unrouted] {
                do {
                    found += try await connection.withChannel { try await body($0, queue) }
                } catch let error as AMQPError where error.replyCode == 404 {
                    // No node has declared the queue yet, so nothing has died.
                    continue
                }
            }
            return found
        }
    }
}
