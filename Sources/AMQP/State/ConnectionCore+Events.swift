//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension ConnectionCore {
    /// Does what an event asks for.
    func handle(_ event: consuming InboundEvent, _ driver: Driver) throws(AMQPError) {
        switch event {
        case .delivery(let number, let consumer, let delivery):
            if let channel = channels[number] { try deliver(delivery, to: consumer, channel, driver) }
        case .returned(let number, let code, let text, let message):
            if let channel = channels[number] { markReturned(message, channel, replyCode: code, replyText: text) }
        case .confirmed(let number, let tag, let multiple, let isPositive):
            guard let channel = channels[number], !channel.isClosing else { return }
            try channel.confirms.settle(tag, multiple: multiple) { slot in
                slot.batch.settle(slot.index, failure: isPositive ? nil : .nacked)
            }
        case .reply(let number, let reply):
            if let channel = channels[number] { try handle(reply, channel) }
        case .consumerCancelled(let number, let consumer):
            if let channel = channels[number] { try cancelByBroker(consumer, channel, driver) }
        case .channelClosed(let number, let code, let text):
            try driver.sendChannelCloseOK(number)
            remove(
                number,
                AMQPError(.channelClosed, "The broker closed the channel.", replyCode: code, replyText: text)
            )
        case .connectionClosed(let code, let text):
            try driver.sendConnectionCloseOK()
            try driver.flush()
            fail(AMQPError(.connectionClosed, "The broker closed the connection.", replyCode: code, replyText: text))
        case .connectionCloseConfirmed:
            abort()
        case .blocked:
            status.isBlocked = true
        case .unblocked:
            unblock()
        case .flow(let number, let isActive):
            channels[number]?.isPaused = !isActive
            try driver.sendFlowOK(number, isActive: isActive)
        }
    }

    private func deliver(
        _ delivery: consuming AMQPDelivery,
        to consumer: Int,
        _ channel: ChannelState,
        _ driver: Driver
    ) throws(AMQPError) {
        // A channel that is being closed gives everything back to its queue.
        if channel.isClosing { return }
        let tag = delivery.deliveryTag
        try channel.deliveries.append(tag, of: consumer)
        guard let subscriber = channel.subscribers[consumer] else {
            // Nobody would ever acknowledge it: it belongs back in its queue.
            return try reject(tag, requeue: true, on: channel, driver)
        }
        delivery.queue = subscriber.queue
        delivery.consumerTag = subscriber.tag
        if subscriber.buffer.append(delivery) {
            noteFilled(subscriber.buffer)
        } else {
            try reject(tag, requeue: true, on: channel, driver)
        }
    }

    /// Finds the message that came back.
    ///
    /// A return does not carry the number of its message. The oldest unconfirmed message that looks the same is meant;
    /// where several do, they are the same message, and it makes no difference which of them is published again.
    private func markReturned(
        _ returned: AMQPDelivery,
        _ channel: ChannelState,
        replyCode: UInt16,
        replyText: String
    ) {
        let slot = channel.confirms.first { slot in
            let message = slot.message
            return message.mandatory && !slot.isReturned && message.routingKey == returned.routingKey
                && message.exchange == returned.exchange
                && message.properties.messageID == returned.properties.messageID
                && message.body == returned.body
        }
        slot?.markReturned(replyCode: replyCode, replyText: replyText)
    }

    private func handle(_ reply: Reply, _ channel: ChannelState) throws(AMQPError) {
        if case .channelClosed = reply {
            // Both sides may have closed the channel at once. By the time the broker has answered ours as well, the number
            // may belong to a new channel.
            guard channel.isClosing else { return }
            return remove(channel.handle.number, AMQPError(.closed, "The channel has been closed."))
        }
        // Whoever asked was told that the channel is closed; what comes now are the answers from before.
        if channel.isClosing { return }
        guard let request = channel.nextRequest() else {
            throw AMQPError(.protocolViolation, "The broker answered what it was not asked.")
        }
        if case .message(var delivery?) = reply {
            try channel.deliveries.append(delivery.deliveryTag)
            delivery.queue = request.queue
            request.onReply(.success(.message(delivery)))
        } else {
            request.onReply(.success(reply))
        }
    }

    private func cancelByBroker(_ consumer: Int, _ channel: ChannelState, _ driver: Driver) throws(AMQPError) {
        guard let subscriber = channel.subscribers.removeValue(forKey: consumer) else { return }
        let message = "The broker ended the subscription to \(subscriber.queue)."
        subscriber.buffer.failAfterRest(AMQPError(.consumerCancelled, message))
        // The consumer has failed as a whole; its other subscriptions would fill a buffer that nobody empties.
        for (number, other) in channel.subscribers where other.buffer === subscriber.buffer {
            try cancel(number, channel, driver)
        }
    }

    private func remove(_ number: UInt16, _ error: AMQPError) {
        driver?.resetAssembler(number)
        channels.removeValue(forKey: number)?.fail(error)
    }
}
