//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A message to publish.
public struct AMQPMessage: Sendable, Hashable {
    /// The exchange to publish to; the empty name is the default exchange, which routes to the queue named by the key.
    public var exchange: String
    /// The routing key.
    public var routingKey: String
    /// Whether a message that reaches no queue comes back as ``AMQPPublishOutcome/returned(replyCode:replyText:)``
    /// (default: true); otherwise the broker drops it and confirms it.
    public var mandatory: Bool
    /// The message's properties.
    public var properties: AMQPProperties
    /// The message's content.
    public var body: [UInt8]

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - exchange: The exchange to publish to (default: the default exchange).
    ///   - routingKey: The routing key, at most 255 bytes.
    ///   - mandatory: Whether to be told when no queue takes the message.
    ///   - properties: The message's properties.
    ///   - body: The message's content.
    public init(
        exchange: String = "",
        routingKey: String,
        mandatory: Bool = true,
        properties: AMQPProperties = AMQPProperties(),
        body: [UInt8] = []
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.mandatory = mandatory
        self.properties = properties
        self.body = body
    }

    /// Refuses what cannot be sent.
    func validate() throws(AMQPError) {
        try exchange.validateShortString("name of the exchange")
        try routingKey.validateShortString("routing key")
        try properties.validate()
    }
}

/// What became of one published message.
public enum AMQPPublishOutcome: Sendable {
    /// The broker has taken responsibility for the message.
    case confirmed
    /// No queue was there to take the message, and the broker has not kept it.
    case returned(replyCode: UInt16, replyText: String)
    /// A queue refused the message, for instance because it is full; the broker has not kept it everywhere it should.
    case nacked
    /// It is not known whether the broker has the message, or it was never sent; the error says which way it failed.
    ///
    /// Publishing it again is right, and its receiver must expect to see it twice.
    case failed(AMQPError)

    /// Whether the broker has taken responsibility for the message.
    public var isConfirmed: Bool {
        if case .confirmed = self { true } else { false }
    }
}

/// A message that was delivered and waits to be acknowledged.
public struct AMQPDelivery: Sendable, Hashable {
    /// The tag of the subscription that received the message; empty for a message taken by `get`.
    public var consumerTag: String
    /// The name of the queue that the message was taken from.
    public var queue: String
    /// The number to acknowledge the message by; it means something on its own channel only.
    public var deliveryTag: UInt64
    /// Whether the message may have been delivered before.
    public var isRedelivered: Bool
    /// The exchange that the message was published to.
    public var exchange: String
    /// The routing key that the message was published with.
    public var routingKey: String
    /// The message's properties.
    public var properties: AMQPProperties
    /// The message's content.
    public var body: [UInt8]

    /// Makes a delivery; a test may need one.
    public init(
        consumerTag: String = "",
        queue: String,
        deliveryTag: UInt64,
        isRedelivered: Bool = false,
        exchange: String = "",
        routingKey: String,
        properties: AMQPProperties = AMQPProperties(),
        body: [UInt8] = []
    ) {
        self.consumerTag = consumerTag
        self.queue = queue
        self.deliveryTag = deliveryTag
        self.isRedelivered = isRedelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}
