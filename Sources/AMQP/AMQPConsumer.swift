//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

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
    /// The queues subscribed to, by the numbers of their subscriptions.
    private let queues = Mutex<[Int: String]>([:])
    private let buffer = ConsumerBuffer()

    init(_ core: ConnectionCore, _ handle: ChannelHandle) {
        self.core = core
        self.handle = handle
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

    /// How many deliveries have arrived since the consumer was made, those counted that nobody has taken yet.
    public var arrivedCount: Int { buffer.arrivedCount }

    /// Gives the deliveries in batches of at most `maximum`.
    public func batches(of maximum: Int) -> Batches {
        Batches(consumer: self, maximum: maximum)
    }

    /// Subscribes to more queues, whose messages come out of this consumer like those of the others.
    ///
    /// - Parameter subscriptions: The queues and how to receive from them; returns once the broker has accepted all.
    /// - Throws: ``AMQPError``: ``AMQPError/Code/closed`` once the consumer was cancelled; with reply code 404, for instance,
    ///   where a queue does not exist, which closes the channel.
    public func subscribe(_ subscriptions: [AMQPSubscription]) async throws {
        if subscriptions.isEmpty { return }
        if buffer.hasEnded { throw AMQPError(.closed, "The consumer has ended.") }
        for subscription in subscriptions { try subscription.validate() }
        let promise = Promise<[Int]>()
        core.perform { [handle, buffer] in $0.consume(handle, subscriptions, into: buffer, promise) }
        // Not ended by cancellation: the subscriptions would be made all the same, with nobody to end them.
        let numbers = try await promise.uncancelledValue
        queues.withLock { queues in
            for (number, subscription) in zip(numbers, subscriptions) { queues[number] = subscription.queue }
        }
        guard buffer.hasEnded else { return }
        // Cancelled meanwhile, when these were not there yet.
        try await cancel(numbers)
        throw AMQPError(.closed, "The consumer has ended.")
    }

    /// Ends the subscriptions to some queues; those to others go on.
    ///
    /// Returns when no more of their messages can arrive. What has arrived by then comes out of this consumer and has to be
    /// acknowledged. What is on its way from a quorum queue goes back to it, counted as delivered, and may then come behind
    /// what waited after it. Nothing is on its way to a subscription of which as many messages are unacknowledged as its
    /// prefetch allows: so to give a queue another prefetch and keep the order of its messages, let it come to that, end
    /// its subscription, subscribe again, and then acknowledge (all seen with RabbitMQ 3.10.8).
    ///
    /// - Parameter names: The queues; those that are not subscribed to are let pass.
    /// - Throws: ``AMQPError`` where the channel or the connection ends before the broker has answered.
    public func unsubscribe(from names: Set<String>) async throws {
        let numbers = queues.withLock { queues in queues.filter { names.contains($0.value) }.keys.sorted() }
        if numbers.isEmpty { return }
        try await cancel(numbers)
    }

    /// Ends the subscriptions. What has arrived by then can still be taken and acknowledged; then the sequence ends.
    ///
    /// - Throws: ``AMQPError`` where the channel or the connection ends before the broker has answered.
    public func cancel() async throws {
        defer { buffer.finish() }
        try await cancel(queues.withLock { $0.keys.sorted() })
    }

    private func cancel(_ numbers: [Int]) async throws {
        let promise = Promise<Void>()
        core.perform { [handle] in $0.cancel(handle, numbers, promise) }
        try await promise.uncancelledValue
        queues.withLock { queues in
            for number in numbers { queues[number] = nil }
        }
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
