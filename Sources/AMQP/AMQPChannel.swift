//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A channel: a line of its own within a connection, which lives as long as the body of
/// ``AMQPConnection/withChannel(maximumOutstanding:isolation:_:)``.
///
/// All methods may be called from any task at the same time. Once the broker has closed the channel they throw the
/// reason, an ``AMQPError`` with the code ``AMQPError/Code/channelClosed`` and the broker's reply code.
public final class AMQPChannel: Sendable {
    let core: ConnectionCore
    let handle: ChannelHandle

    init(_ core: ConnectionCore, _ handle: ChannelHandle) {
        self.core = core
        self.handle = handle
    }

    /// Closes the channel, which no cancellation prevents.
    ///
    /// Where many deliveries were acknowledged a moment ago, the broker is given the time to take the acknowledgements.
    func close() async {
        let mayHavePutBy = await withCheckedContinuation { continuation in
            core.perform { [handle] in continuation.resume(returning: $0.mayHavePutBy(handle)) }
        }
        if mayHavePutBy {
            // A task of its own, which is not cancelled with this one.
            await Task { try? await Task.sleep(for: RecentAcknowledgements.period) }.value
        }
        await withCheckedContinuation { continuation in
            core.perform { [handle] in $0.closeChannel(handle) { continuation.resume() } }
        }
    }

    /// Sends a request and waits for its answer.
    @discardableResult
    func request(_ request: ChannelRequest) async throws -> Reply {
        try await self.request([request])[0]
    }

    /// Sends requests without waiting in between, and waits for all answers, which come in the order of the requests.
    func request(_ requests: [ChannelRequest]) async throws -> [Reply] {
        let promise = Promise<[Reply]>()
        core.perform { [handle] in $0.request(handle, requests, promise) }
        return try await promise.value
    }

    // MARK: Publishing

    /// Publishes messages and waits until the broker has answered for each.
    ///
    /// Messages are sent in order. Calls that overlap share the channel's window of unconfirmed messages, and calls that do
    /// not fit in it wait. While the broker is short of memory or disk nothing is sent, and what it did not confirm in time
    /// fails with ``AMQPError/Code/connectionBlocked``. It then reads nothing from this connection, acknowledgements
    /// neither: whoever consumes should publish on another one.
    ///
    /// Nothing is thrown and cancellation is not heeded: whoever published needs to know what became of every message,
    /// above all when it is being stopped.
    ///
    /// - Parameters:
    ///   - messages: The messages.
    ///   - timeout: How long to wait before the outcome of what is left is ``AMQPPublishOutcome/failed(_:)``.
    /// - Returns: One outcome for each message, in the same order.
    public func publish(_ messages: [AMQPMessage], timeout: Duration) async -> [AMQPPublishOutcome] {
        let refusals = messages.enumerated().compactMap { index, message in Self.refusal(message).map { (index, $0) } }
        if refusals.isEmpty { return await send(messages, timeout) }
        // The others are sent all the same: one bad message is no reason to hold up the rest.
        let refused = Set(refusals.map(\.0))
        let good = messages.indices.filter { !refused.contains($0) }
        var outcomes = [AMQPPublishOutcome](repeating: .confirmed, count: messages.count)
        for (index, error) in refusals { outcomes[index] = .failed(error) }
        for (index, outcome) in zip(good, await send(good.map { messages[$0] }, timeout)) { outcomes[index] = outcome }
        return outcomes
    }

    private func send(_ messages: [AMQPMessage], _ timeout: Duration) async -> [AMQPPublishOutcome] {
        if messages.isEmpty { return [] }
        let deadline = MonotonicTime.now + timeout
        return await withCheckedContinuation { continuation in
            core.perform { [handle] core in
                core.publish(handle, PublishBatch(messages, deadline: deadline, continuation: continuation))
            }
        }
    }

    private static func refusal(_ message: AMQPMessage) -> AMQPError? {
        do {
            try message.validate()
            return nil
        } catch {
            return error
        }
    }

    // MARK: Consuming

    /// Subscribes to queues; what arrives from all of them comes out of one consumer.
    ///
    /// Each subscription has its own prefetch, which the broker applies to it alone (a bound for a whole channel does not
    /// exist for quorum queues).
    ///
    /// - Parameter subscriptions: The queues and how to receive from them; more can follow, see
    ///   ``AMQPConsumer/subscribe(_:)``.
    /// - Returns: The consumer, once the broker has accepted every subscription.
    /// - Throws: ``AMQPError``, for instance with reply code 404 where a queue does not exist.
    public func consume(_ subscriptions: [AMQPSubscription]) async throws -> AMQPConsumer {
        let consumer = AMQPConsumer(core, handle)
        try await consumer.subscribe(subscriptions)
        return consumer
    }

    /// Takes one message from a queue.
    ///
    /// - Returns: The message, which waits to be acknowledged, or `nil` where the queue is empty.
    public func get(_ queue: String) async throws -> AMQPDelivery? {
        try queue.validateShortString("name of the queue")
        guard case .message(let delivery) = try await request(.get(queue)) else { return nil }
        return delivery
    }

    /// Acknowledges deliveries: the broker may forget them.
    ///
    /// They go out in as few frames as possible. The method returns once they are on their way; the broker does not answer,
    /// and what is lost with the connection is delivered again.
    ///
    /// - Parameter tags: The numbers of the deliveries, in any order.
    /// - Throws: ``AMQPError/Code/invalidArgument`` where one is unknown here or settled already; then none is acknowledged.
    public func acknowledge(_ tags: [UInt64]) async throws {
        if !tags.isEmpty { try await core.acknowledge(handle, tags) }
    }

    /// Acknowledges deliveries: the broker may forget them.
    ///
    /// - Parameter deliveries: Deliveries of this channel, in any order.
    /// - Throws: ``AMQPError/Code/invalidArgument`` where one is unknown here or settled already; then none is acknowledged.
    public func acknowledge(_ deliveries: [AMQPDelivery]) async throws {
        try await acknowledge(deliveries.map { $0.deliveryTag })
    }

    /// Acknowledges every delivery of this channel up to one, by whichever consumer it came.
    ///
    /// - Parameter tag: The number of the last delivery to acknowledge.
    /// - Throws: ``AMQPError/Code/invalidArgument`` where it is not known here.
    public func acknowledge(upTo tag: UInt64) async throws {
        try await core.acknowledge(handle, upTo: tag)
    }

    /// Rejects a delivery.
    ///
    /// - Parameters:
    ///   - tag: The number of the delivery.
    ///   - requeue: Whether it goes back to its queue; otherwise it is dead-lettered, or dropped where no dead-letter
    ///     exchange is set.
    /// - Throws: ``AMQPError/Code/invalidArgument`` where it is unknown here or settled already.
    public func reject(_ tag: UInt64, requeue: Bool) async throws {
        try await core.reject(handle, tag, requeue: requeue)
    }
}
