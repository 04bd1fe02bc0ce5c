//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel
import GridStore
package import Logging

/// Looks at the dead letters, replays and discards them. They stay on the broker, where nothing expires.
///
/// A letter is looked at without being taken: everything that was received is put back when the channel closes.
package struct DeadLetterDesk: Sendable {
    /// The most letters of a queue that are listed in one go.
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
        /// There is no letter with that key.
        case notFound
        /// The broker did not take it back; it is still among the dead.
        case failed(String)
    }

    /// How many letters a queue holds, and since when.
    package struct Age: Sendable, Hashable {
        /// How many letters were looked at: all of them, or the first `limit`.
        package var count = 0
        /// When the oldest of them died, or was sent; nil where that is not known of any.
        package var oldest: Instant?
    }

    /// The letters in both queues that a filter picks, oldest first.
    ///
    /// - Throws: `AMQPError` when the broker cannot be asked.
    package func letters(_ filter: DeadLetterFilter = DeadLetterFilter()) async throws -> [DeadLetter] {
        let letters = try await scan { channel, queue in
            var letters: [DeadLetter] = []
            while letters.count < Self.limit, let (letter, _) = try await next(queue, channel) {
                letters.append(letter)
            }
            return letters.filter(filter.picks)
        }
        // Whatever is put back goes to the end of its queue, so the broker's order says little.
        let placed = letters.enumerated().map { ($1.since?.milliseconds ?? 0, $0, $1) }
        return placed.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }

    /// How many letters each of the two queues holds, and how old the oldest is.
    ///
    /// - Throws: `AMQPError` when the broker cannot be asked.
    package func ages() async throws -> [String: Age] {
        let ages = try await scan { channel, queue in
            var age = Age()
            while age.count < Self.limit, let (letter, _) = try await next(queue, channel) {
                age.count += 1
                if let since = letter.since { age.oldest = min(age.oldest ?? since, since) }
            }
            return [(queue, age)]
        }
        return Dictionary(ages, uniquingKeysWith: { first, _ in first })
    }

    /// Sends a letter to its original exchange and routing key, its identifier kept, and takes it off the dead ones.
    ///
    /// It is taken off only after the broker confirmed the new copy, so a crash in between leaves it twice; the
    /// receiver's inbox absorbs that.
    package func replay(_ key: String) async throws -> Result {
        try await take(key, publish)
    }

    /// Replays every letter that a filter picks, each as `replay(_:)` does, the letters that were there at the beginning
    /// and no others: one that dies again meanwhile waits for the next time.
    ///
    /// - Parameters:
    ///   - rate: The most letters a second, from 1; nil for as many as the broker takes.
    ///   - isRehearsal: Whether nothing is sent and nothing taken off.
    ///   - each: Told what became of each letter, in order.
    /// - Throws: `AMQPError` when the broker cannot be asked; `CancellationError` between two letters.
    package func replay(
        _ filter: DeadLetterFilter,
        rate: Int? = nil,
        isRehearsal: Bool = false,
        each: @Sendable (DeadLetter, Result) throws -> Void
    ) async throws {
        let pace = rate.map { Duration.seconds(1) / max(1, $0) } ?? .zero
        _ = try await scan { channel, queue -> [Never] in
            var due = ContinuousClock.now
            for _ in 0..<(try await channel.status(ofQueue: queue).messageCount) {
                guard let (letter, tag) = try await next(queue, channel) else { break }
                guard filter.picks(letter) else { continue }
                if isRehearsal {
                    try each(letter, .done)
                    continue
                }
                try await Task.sleep(until: due)
                due = max(due + pace, .now)
                let result = await publish(letter, channel)
                if case .done = result { try await channel.acknowledge([tag]) }
                try each(letter, result)
            }
            return []
        }
    }

    /// Takes a letter off the dead ones for good.
    package func discard(_ key: String) async throws -> Result {
        try await take(key) { _, _ in .done }
    }

    private func next(_ queue: String, _ channel: AMQPChannel) async throws -> (DeadLetter, UInt64)? {
        guard let delivery = try await channel.get(queue) else { return nil }
        let user = delivery.properties.userID
        let sender = user == broker.username ? nil : user ?? ""
        return (DeadLetter(StoredMessage(delivery), from: queue, sender: sender), delivery.deliveryTag)
    }

    private func publish(_ letter: DeadLetter, _ channel: AMQPChannel) async -> Result {
        let message = letter.message.outgoing(by: broker.username)
        let outcomes = await channel.publish([message], timeout: Self.publishLimit)
        guard case .confirmed? = outcomes.first else {
            return .failed(outcomes.first.map { "\($0)" } ?? "nothing was published")
        }
        return .done
    }

    private func take(
        _ key: String,
        _ act: @Sendable (DeadLetter, AMQPChannel) async throws -> Result
    ) async throws -> Result {
        let results = try await scan { channel, queue -> [Result] in
            for _ in 0..<(try await channel.status(ofQueue: queue).messageCount) {
                guard let (letter, tag) = try await next(queue, channel) else { break }
                guard letter.key == key else { continue }
                let result = try await act(letter, channel)
                if case .done = result { try await channel.acknowledge([tag]) }
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
