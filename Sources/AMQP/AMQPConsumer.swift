//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What arrives from one or more subscriptions, in batches.
///
/// A batch is everything that has arrived, up to a maximum, and comes as soon as there is one message: small when there is
/// little to do, large under load. The buffer behind it is bounded by the prefetch of the subscriptions together.
/// Deliveries must be acknowledged on the channel that the consumer was made on.
///
/// As a sequence a consumer has no maximum for a batch other than that; several tasks may take batches from it.
public final class AMQPConsumer: AsyncSequence, Sendable {
    private let core: ConnectionCore
    private let handle: ChannelHandle
    private let numbers: [Int]
    private let buffer: ConsumerBuffer

    init(_ core: ConnectionCore, _ handle: ChannelHandle, _ numbers: [Int], _ buffer: ConsumerBuffer) {
        self.core = core
        self.handle = handle
        self.numbers = numbers
        self.buffer = buffer
    }

    /// Takes what has arrived, waiting until something has.
    ///
    /// - Parameter maximum: How many deliveries to take at most, at least 1.
    /// - Returns: At least one delivery; `nil` once the consumer or its channel was closed by its owner, or as soon as the
    ///   task is cancelled.
    /// - Throws: ``AMQPError``: ``AMQPError/Code/consumerCancelled`` after the last delivery when the broker has ended a
    ///   subscription; the reason at once when the channel or the connection has ended.
    public func nextBatch(maximum: Int) async throws -> [AMQPDelivery]? {
        try await buffer.next(Swift.max(1, maximum))
    }

    /// Gives the deliveries in batches of at most `maximum`.
    public func batches(of maximum: Int) -> Batches {
        Batches(consumer: self, maximum: maximum)
    }

    /// Ends the subscriptions. What has arrived by then can still be taken and acknowledged; then the sequence ends.
    ///
    /// - Throws: ``AMQPError`` where the channel or the connection ends before the broker has answered.
    public func cancel() async throws {
        let promise = Promise<Void>()
        core.perform { [handle, numbers] in $0.cancel(handle, numbers, promise) }
        defer { buffer.finish() }
        try await promise.uncancelledValue
    }

    /// Gives the deliveries in batches of whatever size they come in.
    public func makeAsyncIterator() -> Batches.Iterator {
        batches(of: .max).makeAsyncIterator()
    }

    /// A consumer's deliveries in batches of a maximum size.
    public struct Batches: AsyncSequence, Sendable {
        fileprivate let consumer: AMQPConsumer
        fileprivate let maximum: Int

        /// Begins to take batches.
        public func makeAsyncIterator() -> Iterator {
            Iterator(consumer: consumer, maximum: maximum)
        }

        /// Takes one batch after the other.
        public struct Iterator: AsyncIteratorProtocol {
            fileprivate let consumer: AMQPConsumer
            fileprivate let maximum: Int

            /// Takes the next batch, as ``AMQPConsumer/nextBatch(maximum:)`` does.
            public func next() async throws -> [AMQPDelivery]? {
                try await consumer.nextBatch(maximum: maximum)
            }

            /// Takes the next batch, as ``AMQPConsumer/nextBatch(maximum:)`` does.
            public func next(isolation: isolated (any Actor)?) async throws -> [AMQPDelivery]? {
                try await consumer.nextBatch(maximum: maximum)
            }
        }
    }
}
