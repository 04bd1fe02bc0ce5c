//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ

/// Puts a message together from its method, header and body frames, which follow each other on their channel
/// (AMQP 0-9-1, section 4.2.6).
struct ContentAssembler {
    /// The largest body accepted; RabbitMQ's own limit is 512 MiB at most. A size beyond it is a lie or an attack.
    private static let maximumBodySize: UInt64 = 512 << 20
    /// What is set aside before the first byte of a body has come, so that an announced size costs nothing.
    private static let reservation: UInt64 = 8 << 20

    private enum Method {
        case deliver(consumer: Int, AMQPDelivery)
        case get(AMQPDelivery)
        case returned(ReturnedMessage)
    }

    private var method: Method?
    private var properties: AMQPProperties?
    private var body: [UInt8] = []
    private var missing = 0

    /// Begins a delivery to a subscription.
    mutating func begin(_ deliver: amqp_basic_deliver_t) throws(AMQPError) {
        let delivery = AMQPDelivery(
            queue: "",
            deliveryTag: deliver.delivery_tag,
            isRedelivered: deliver.redelivered != 0,
            exchange: deliver.exchange.text,
            routingKey: deliver.routing_key.text
        )
        try begin(.deliver(consumer: try Self.consumerNumber(deliver.consumer_tag), delivery))
    }

    /// Begins a message that was asked for.
    mutating func begin(_ get: amqp_basic_get_ok_t) throws(AMQPError) {
        let delivery = AMQPDelivery(
            queue: "",
            deliveryTag: get.delivery_tag,
            isRedelivered: get.redelivered != 0,
            exchange: get.exchange.text,
            routingKey: get.routing_key.text
        )
        try begin(.get(delivery))
    }

    /// Begins a message that comes back.
    mutating func begin(_ returned: amqp_basic_return_t) throws(AMQPError) {
        let message = ReturnedMessage(
            replyCode: returned.reply_code,
            replyText: returned.reply_text.text,
            exchange: returned.exchange.text,
            routingKey: returned.routing_key.text
        )
        try begin(.returned(message))
    }

    /// Adds the header; a message without a body is then complete.
    mutating func add(_ properties: AMQPProperties, bodySize: UInt64, channel: UInt16) throws(AMQPError)
        -> InboundEvent?
    {
        guard method != nil, self.properties == nil, bodySize <= Self.maximumBodySize else {
            throw AMQPError(.protocolViolation, "The broker sent a content header that cannot be.")
        }
        self.properties = properties
        missing = Int(bodySize)
        return missing == 0 ? finish(channel) : nil
    }

    /// Adds a part of the body; the last one makes the message complete.
    mutating func add(_ part: UnsafeRawBufferPointer, channel: UInt16) throws(AMQPError) -> InboundEvent? {
        guard properties != nil, part.count <= missing else {
            throw AMQPError(.protocolViolation, "The broker sent a part of a body that nothing had announced.")
        }
        if body.isEmpty {
            if part.count == missing {
                // Most messages fit in one frame and are copied once, to where they stay.
                body = [UInt8](part)
            } else {
                body.reserveCapacity(min(missing, Int(Self.reservation)))
                body.append(contentsOf: part)
            }
        } else {
            body.append(contentsOf: part)
        }
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

    private mutating func begin(_ method: Method) throws(AMQPError) {
        if self.method != nil {
            throw AMQPError(.protocolViolation, "The broker began a message before the last one was complete.")
        }
        self.method = method
    }

    private mutating func finish(_ channel: UInt16) -> InboundEvent? {
        defer { self = ContentAssembler() }
        guard let properties else { return nil }
        switch method {
        case .deliver(let consumer, var delivery):
            (delivery.properties, delivery.body) = (properties, body)
            return .delivery(channel: channel, consumer: consumer, delivery)
        case .get(var delivery):
            (delivery.properties, delivery.body) = (properties, body)
            return .reply(channel: channel, .message(delivery))
        case .returned(var message):
            (message.properties, message.body) = (properties, body)
            return .returned(channel: channel, message)
        case nil:
            return nil
        }
    }
}
