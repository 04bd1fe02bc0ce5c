//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension ConnectionCore {
    /// Opens a channel.
    ///
    /// - Parameters:
    ///   - maximumOutstanding: How many messages may be published and not yet confirmed.
    ///   - promise: Receives the channel once the broker has opened it.
    func openChannel(maximumOutstanding: Int, _ promise: Promise<ChannelHandle>) {
        do {
            let driver = try openDriver()
            // The lowest free number: the library keeps memory for every number that was ever used.
            guard let number = (1...driver.channelMax).first(where: { channels[$0] == nil }) else {
                throw AMQPError(.invalidArgument, "All \(driver.channelMax) channels of the connection are in use.")
            }
            let channel = ChannelState(
                handle: ChannelHandle(number: number),
                maximumOutstanding: maximumOutstanding,
                requestTimeout: configuration.operationTimeout
            )
            try driver.sendChannelOpen(number)
            channels[number] = channel
            let handle = channel.handle
            channel.append(.init { promise.fulfil($0.map { _ in handle }.mapError { $0 }) })
        } catch {
            promise.fulfil(.failure(error))
        }
    }

    /// Closes a channel; `onClosed` is called once the broker knows, or cannot be told: one that accepts no messages does
    /// not even read this.
    func closeChannel(_ handle: ChannelHandle, _ onClosed: @escaping @Sendable () -> Void) {
        do {
            let channel = try channel(handle)
            let driver = try openDriver()
            channel.fail(AMQPError(.closed, "The channel has been closed."))
            channel.isClosing = true
            try driver.sendChannelClose(handle.number)
            if status.isBlocked {
                channel.append(.init())
                onClosed()
            } else {
                channel.append(.init { _ in onClosed() })
            }
        } catch {
            // There is nothing left to close, or nobody to tell.
            onClosed()
        }
    }

    /// Whether the broker may have put acknowledgements of a channel by, which it would forget if the channel were closed now.
    func mayHavePutBy(_ handle: ChannelHandle) -> Bool {
        // What accepts no messages reads no acknowledgements either.
        guard status.isOpen, !status.isBlocked, let channel = try? channel(handle) else { return false }
        return channel.deliveries.mayBePutBy(at: .now)
    }

    /// Sends requests without waiting in between.
    ///
    /// - Parameters:
    ///   - handle: The channel.
    ///   - requests: What to ask, at least one.
    ///   - promise: Receives the answers; an error of any request closes the channel and so is that of all.
    func request(
        _ handle: ChannelHandle,
        _ requests: [ChannelRequest],
        _ promise: Promise<[Reply]>
    ) {
        do {
            let channel = try channel(handle)
            let driver = try openDriver()
            let answers = Answers(to: requests.count, promise)
            for request in requests {
                try driver.send(request, on: handle.number)
                channel.append(.init(queue: request.queueToGet, onReply: answers.add))
            }
        } catch {
            promise.fulfil(.failure(error))
        }
    }

    /// Takes messages to publish; what cannot even begin settles at once.
    func publish(_ handle: ChannelHandle, _ batch: PublishBatch) {
        do {
            let channel = try channel(handle)
            let driver = try openDriver()
            if !channel.isConfirming {
                try driver.send(.confirmSelect, on: handle.number)
                channel.append(.init())
                channel.isConfirming = true
            }
            channel.batches.append(batch)
            channel.batchDeadline = min(channel.batchDeadline, batch.deadline)
        } catch {
            batch.failUnsent(error)
        }
    }

    /// Subscribes to queues.
    ///
    /// - Parameters:
    ///   - handle: The channel.
    ///   - subscriptions: The queues and how to receive from them, at least one.
    ///   - buffer: Where the messages go.
    ///   - promise: Receives the numbers of the subscriptions once the broker has accepted them all.
    func consume(
        _ handle: ChannelHandle,
        _ subscriptions: [AMQPSubscription],
        into buffer: ConsumerBuffer,
        _ promise: Promise<[Int]>
    ) {
        var numbers: [Int] = []
        do {
            let channel = try channel(handle)
            let driver = try openDriver()
            var prefetch: UInt16?
            for subscription in subscriptions {
                // Without `global`, a prefetch holds for the consumers that are made after it (RabbitMQ's reading).
                if prefetch != subscription.prefetch {
                    try driver.send(.qos(prefetch: subscription.prefetch), on: handle.number)
                    channel.append(.init())
                    prefetch = subscription.prefetch
                }
                lastConsumer += 1
                let tag = String(lastConsumer)
                try driver.send(.consume(subscription, tag: tag), on: handle.number)
                // Registered before the answer, since deliveries may come first.
                channel.subscribers[lastConsumer] = .init(queue: subscription.queue, tag: tag, buffer: buffer)
                numbers.append(lastConsumer)
                var pending = ChannelState.Request()
                if numbers.count == subscriptions.count {
                    let numbers = numbers
                    pending.onReply = { promise.fulfil($0.map { _ in numbers }.mapError { $0 }) }
                }
                channel.append(pending)
            }
        } catch {
            // One of several did not fit in a frame; the ones before it have nobody to receive for.
            cancel(handle, numbers, Promise())
            promise.fulfil(.failure(error))
        }
    }

    /// Ends subscriptions; `promise` is fulfilled once the broker has answered and no more of their messages can arrive.
    func cancel(_ handle: ChannelHandle, _ consumers: [Int], _ promise: Promise<Void>) {
        do {
            let channel = try channel(handle)
            let driver = try openDriver()
            let live = consumers.filter { channel.subscribers[$0] != nil }
            for consumer in live.dropLast() { try cancel(consumer, channel, driver) }
            guard let last = live.last else { return promise.fulfil(.success(())) }
            try cancel(last, channel, driver) { promise.fulfil($0.mapError { $0 }) }
        } catch {
            promise.fulfil(.failure(error))
        }
    }

    /// Ends one subscription, whose messages still find their way until the broker has answered.
    func cancel(
        _ consumer: Int,
        _ channel: ChannelState,
        _ driver: Driver,
        _ onReply: @escaping (Result<Void, AMQPError>) -> Void = { _ in }
    ) throws(AMQPError) {
        try driver.send(.cancel(tag: String(consumer)), on: channel.handle.number)
        channel.append(
            .init { [weak channel] result in
                channel?.subscribers[consumer] = nil
                onReply(result.map { _ in })
            }
        )
    }

    /// Acknowledges deliveries.
    func acknowledge(_ handle: ChannelHandle, _ tags: [UInt64]) throws(AMQPError) {
        let channel = try channel(handle)
        let driver = try openDriver()
        for acknowledgement in try channel.deliveries.acknowledge(tags) {
            try sending { () throws(AMQPError) in try driver.sendAck(acknowledgement, on: handle.number) }
        }
    }

    /// Acknowledges all deliveries up to one.
    func acknowledge(_ handle: ChannelHandle, upTo tag: UInt64) throws(AMQPError) {
        let channel = try channel(handle)
        let driver = try openDriver()
        if let acknowledgement = try channel.deliveries.acknowledge(upTo: tag) {
            try sending { () throws(AMQPError) in try driver.sendAck(acknowledgement, on: handle.number) }
        }
    }

    /// Rejects a delivery.
    func reject(_ handle: ChannelHandle, _ tag: UInt64, requeue: Bool) throws(AMQPError) {
        let channel = try channel(handle)
        let driver = try openDriver()
        try reject(tag, requeue: requeue, on: channel, driver)
    }

    /// Rejects a delivery of a channel.
    func reject(
        _ tag: UInt64,
        requeue: Bool,
        on channel: ChannelState,
        _ driver: Driver
    ) throws(AMQPError) {
        try channel.deliveries.reject(tag)
        try sending { () throws(AMQPError) in
            try driver.sendReject(tag, requeue: requeue, on: channel.handle.number)
        }
    }

    /// Finds a channel that can be used.
    private func channel(_ handle: ChannelHandle) throws(AMQPError) -> ChannelState {
        if let failure = handle.failure { throw failure }
        guard let channel = channels[handle.number], channel.handle === handle, !channel.isClosing else {
            throw AMQPError(.closed, "The channel has been closed.")
        }
        return channel
    }

    /// Ends the connection when sending fails: part of a frame may have gone out.
    private func sending(_ body: () throws(AMQPError) -> Void) throws(AMQPError) {
        do {
            try body()
        } catch {
            fail(error)
            throw error
        }
    }
}
