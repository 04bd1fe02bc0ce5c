//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Logging
import Synchronization

/// Publishes numbered messages in batches, each again until it is confirmed.
final class SteadyPublisher: Sendable {
    private struct State {
        var published = 0
        var pending: [String] = []
        var confirmed: Set<String> = []
        var isFinishing = false
    }

    private let number: Int
    private let queue: String
    private let start: AMQPConfiguration
    private let broker: AMQPConfiguration
    private let state = Mutex(State())

    /// Makes a publisher.
    ///
    /// - Parameters:
    ///   - number: Tells its messages from those of others.
    ///   - start: Where its first connection goes; later ones go to any of the broker's addresses.
    init(number: Int, queue: String, start: [AMQPAddress], broker: AMQPConfiguration) {
        self.number = number
        self.queue = queue
        self.broker = broker
        var configuration = broker
        configuration.addresses = start
        self.start = configuration
    }

    /// How many different messages it has published.
    var published: Int { state.withLock(\.published) }

    /// Those that the broker has confirmed.
    var confirmed: Set<String> { state.withLock(\.confirmed) }

    /// Lets it end once all that it published is confirmed.
    func finish() { state.withLock { $0.isFinishing = true } }

    /// Publishes until it is told to finish and all is confirmed.
    func run(logger: Logger) async throws {
        do {
            return try await AMQPConnection.withConnection(start, logger: logger) { try await self.publish(over: $0) }
        } catch let error as AMQPError where error.isRetriable {
            logger.info("The first connection is lost", error: error)
        }
        try await AMQPSupervisor(configuration: broker, logger: logger).run { try await self.publish(over: $0) }
    }

    private func publish(over connection: AMQPConnection) async throws {
        try await connection.withChannel { channel in
            while let batch = self.nextBatch() {
                let messages = batch.map { AMQPMessage(routingKey: self.queue, body: Array($0.utf8)) }
                let outcomes = await channel.publish(messages, timeout: .seconds(10))
                for (body, outcome) in zip(batch, outcomes) where outcome.isConfirmed { self.confirm(body) }
                for case .failed(let error) in outcomes { throw error }
                guard outcomes.allSatisfy(\.isConfirmed) else {
                    throw AMQPError(.channelClosed, "The channel on which the broker refused messages is given up.")
                }
            }
        }
    }

    /// What is not confirmed yet, or else new messages; nil when there is nothing left to do.
    private func nextBatch() -> [String]? {
        state.withLock { state -> [String]? in
            if state.pending.isEmpty {
                if state.isFinishing { return nil }
                state.pending = (state.published..<state.published + 50).map { "\(number).\($0)" }
                state.published += 50
            }
            return state.pending
        }
    }

    private func confirm(_ body: String) {
        state.withLock { state in
            state.confirmed.insert(body)
            state.pending.removeAll { $0 == body }
        }
    }
}
