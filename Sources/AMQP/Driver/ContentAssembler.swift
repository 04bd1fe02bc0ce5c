//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ

/// Puts a message together from its method, header and body frames, which follow each other on their channel
/// (AMQP 0-9-1, section 4.2.6).
///
/// A delivery is some three hundred bytes with a dozen references; it is built in one place and moved out once.
struct ContentAssembler {
    /// The largest body accepted; RabbitMQ's own limit is 512 MiB at most. A size beyond it is a lie or an attack.
    private static let maximumBodySize: UInt64 = 512 << 20
    /// What is set aside before the first byte of a body has come, so that an announced size costs nothing.
    private static let reservation = 8 << 20

    private enum Stage { case idle, method, header }

    private enum Kind {
        case deliver(consumer: Int)
        case get
        case returned(replyCode: UInt16, replyText: String)
    }

    private var stage = Stage.idle
    private var kind = Kind.get
    private var message = AMQPDelivery(queue: "", deliveryTag: 0, routingKey: "")
    private var missing = 0

    /// Begins a delivery to a subscription.
    mutating func begin(_ deliver: amqp_basic_deliver_t) throws(AMQPError) {
        try begin(
            .deliver(consumer: try Self.consumerNumber(deliver.consumer_tag)),
            deliver.exchange,
            deliver.routing_key
        )
        message.deliveryTag = deliver.delivery_tag
        message.isRedelivered = deliver.redelivered != 0
    }

    /// Begins a message that was asked for.
    mutating func begin(_ get: amqp_basic_get_ok_t) throws(AMQPError) {
        try begin(.get, get.exchange, get.routing_key)
        message.deliveryTag = get.delivery_tag
        message.isRedelivered = get.redelivered != 0
    }

    /// Begins a message that comes back.
    mutating func begin(_ returned: amqp_basic_return_t) throws(AMQPError) {
        let kind = Kind.returned(replyCode: returned.reply_code, replyText: returned.reply_text.text)
        try begin(kind, returned.exchange, returned.routing_key)
    }

    /// Adds the header; a message without a body is then complete.
    mutating func add(
        _ properties: amqp_basic_properties_t,
        bodySize: UInt64,
        channel: UInt16
    ) throws(AMQPError) -> InboundEvent? {
        guard stage == .method, bodySize <= Self.maximumBodySize else {
            throw AMQPError(.protocolViolation, "The broker sent a content header that cannot be.")
        }
        stage = .header
        message.properties = AMQPProperties(properties)
        missing = Int(bodySize)
        return missing == 0 ? finish(channel) : nil
    }

    /// Adds a part of the body; the last one makes the message complete.
    mutating func add(_ part: UnsafeRawBufferPointer, channel: UInt16) throws(AMQPError) -> InboundEvent? {
        guard stage == .header, part.count <= missing else {
            throw AMQPError(.protocolViolation, "The broker sent a part of a body that nothing had announced.")
        }
        // Most messages fit in one frame and are copied once, to where they stay.
        if message.body.isEmpty { message.body.reserveCapacity(min(missing, Self.reservation)) }
        message.body.append(contentsOf: part)
        missing -= part.count
        return missing == 0 ? finish(channel) : nil
    }

    /// The number that we made a subscription's tag from.
    static func consumerNumber(_ tag: amqp_bytes_t) throws(AMQPError) -> Int {
        guard let number = Int(tag.text) else {
            throw AMQPError(.protocolViolation, "The broker named a consumer that was never made.")
        }
        return number
    }

    private mutating func begin(
        _ kind: Kind,
        _ exchange: amqp_bytes_t,
        _ routingKey: amqp_bytes_t
    ) throws(AMQPError) {
        if stage != .idle {
            throw AMQPError(.protocolViolation, "The broker began a message before the last one was complete.")
        }
        stage = .method
        self.kind = kind
        message.exchange = exchange.text
        message.routingKey = routingKey.text
    }

    private mutating func finish(_ channel: UInt16) -> InboundEvent {
        stage = .idle
        var finished = AMQPDelivery(queue: "", deliveryTag: 0, routingKey: "")
        swap(&finished, &message)
        switch kind {
        case .deliver(let consumer):
            return .delivery(channel: channel, consumer: consumer, finished)
        case .get:
            return .reply(channel: channel, .message(finished))
        case .returned(let code, let text):
            return .returned(channel: channel, replyCode: code, replyText: text, finished)
        }
    }
}
