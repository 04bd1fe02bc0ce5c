//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The properties of a message (AMQP 0-9-1, class `basic`); every one may be absent, every text has at most 255 bytes.
public struct AMQPProperties: Sendable, Hashable {
    /// Says whether a message must survive a restart of the broker.
    public enum DeliveryMode: UInt8, Sendable, Hashable {
        /// The message may be lost when the broker restarts.
        case transient = 1
        /// The message is written to disk.
        case persistent = 2
    }

    /// The media type of the body.
    public var contentType: String?
    /// The encoding of the body, for instance `gzip`.
    public var contentEncoding: String?
    /// The message's headers; empty stands for absent.
    public var headers: AMQPTable
    /// Whether the message must survive a restart of the broker.
    public var deliveryMode: DeliveryMode?
    /// The priority, which only queues declared with `x-max-priority` heed.
    public var priority: UInt8?
    /// What the message belongs to or answers.
    public var correlationID: String?
    /// Where an answer should go.
    public var replyTo: String?
    /// The time to live in milliseconds, as text (RabbitMQ's reading of the field).
    public var expiration: String?
    /// The message's own id.
    public var messageID: String?
    /// When the message was made, in seconds since 1970-01-01 00:00 UTC.
    public var timestamp: UInt64?
    /// The message's type.
    public var type: String?
    /// The user who sends; RabbitMQ refuses any but the one logged in.
    public var userID: String?
    /// The application that sends.
    public var appID: String?

    /// Makes a set of properties, all absent where not given.
    public init(
        contentType: String? = nil,
        contentEncoding: String? = nil,
        headers: AMQPTable = [:],
        deliveryMode: DeliveryMode? = nil,
        priority: UInt8? = nil,
        correlationID: String? = nil,
        replyTo: String? = nil,
        expiration: String? = nil,
        messageID: String? = nil,
        timestamp: UInt64? = nil,
        type: String? = nil,
        userID: String? = nil,
        appID: String? = nil
    ) {
        self.contentType = contentType
        self.contentEncoding = contentEncoding
        self.headers = headers
        self.deliveryMode = deliveryMode
        self.priority = priority
        self.correlationID = correlationID
        self.replyTo = replyTo
        self.expiration = expiration
        self.messageID = messageID
        self.timestamp = timestamp
        self.type = type
        self.userID = userID
        self.appID = appID
    }

    /// Refuses what cannot be sent.
    func validate() throws(AMQPError) {
        try contentType?.validateShortString("content type")
        try contentEncoding?.validateShortString("content encoding")
        try correlationID?.validateShortString("correlation id")
        try replyTo?.validateShortString("reply-to")
        try expiration?.validateShortString("expiration")
        try messageID?.validateShortString("message id")
        try type?.validateShortString("type")
        try userID?.validateShortString("user id")
        try appID?.validateShortString("application id")
        if !headers.isEmpty { try AMQPFieldValue.validate(headers) }
    }
}
