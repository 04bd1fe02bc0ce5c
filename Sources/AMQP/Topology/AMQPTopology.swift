//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Exchanges, queues and bindings that belong together; declared in this order.
public struct AMQPTopology: Sendable, Hashable {
    /// The exchanges.
    public var exchanges: [AMQPExchange]
    /// The queues.
    public var queues: [AMQPQueue]
    /// The bindings between them.
    public var bindings: [AMQPBinding]

    /// Makes a topology.
    public init(exchanges: [AMQPExchange] = [], queues: [AMQPQueue] = [], bindings: [AMQPBinding] = []) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }

    /// Refuses what cannot be sent.
    func validate() throws(AMQPError) {
        for exchange in exchanges { try exchange.validate() }
        for queue in queues { try queue.validate() }
        for binding in bindings { try binding.validate() }
    }
}

/// An exchange to declare.
public struct AMQPExchange: Sendable, Hashable {
    /// Names how an exchange routes; a plug-in may bring others.
    public struct Kind: RawRepresentable, Sendable, Hashable, ExpressibleByStringLiteral {
        /// The name of the type in the protocol.
        public var rawValue: String

        /// Makes a type from its name in the protocol.
        public init(rawValue: String) { self.rawValue = rawValue }
        /// Makes a type from its name in the protocol.
        public init(stringLiteral value: String) { rawValue = value }

        /// Routes to the queues bound with exactly the message's key.
        public static let direct: Kind = "direct"
        /// Routes to every bound queue.
        public static let fanout: Kind = "fanout"
        /// Routes by patterns of words, `*` for one and `#` for any number.
        public static let topic: Kind = "topic"
        /// Routes by headers.
        public static let headers: Kind = "headers"
    }

    /// The exchange's name.
    public var name: String
    /// How it routes.
    public var type: Kind
    /// Whether it survives a restart of the broker (default: true).
    public var durable: Bool
    /// Whether it goes when its last binding goes (default: false).
    public var autoDelete: Bool
    /// Whether only other exchanges may publish to it (default: false).
    public var `internal`: Bool
    /// Further arguments, for instance `alternate-exchange`.
    public var arguments: AMQPTable

    /// Makes an exchange.
    public init(
        name: String,
        type: Kind,
        durable: Bool = true,
        autoDelete: Bool = false,
        internal: Bool = false,
        arguments: AMQPTable = [:]
    ) {
        self.name = name
        self.type = type
        self.durable = durable
        self.autoDelete = autoDelete
        self.internal = `internal`
        self.arguments = arguments
    }

    /// Refuses what cannot be sent.
    func validate() throws(AMQPError) {
        try name.validateShortString("name of the exchange")
        try type.rawValue.validateShortString("type of the exchange")
        try AMQPFieldValue.validate(arguments)
    }
}

/// A queue to declare.
public struct AMQPQueue: Sendable, Hashable {
    /// The queue's name; when empty, the broker makes one up and ``AMQPQueueStatus/name`` tells it.
    public var name: String
    /// Whether it survives a restart of the broker (default: true).
    public var durable: Bool
    /// Whether it belongs to this connection and goes with it (default: false).
    public var exclusive: Bool
    /// Whether it goes with its last consumer (default: false).
    public var autoDelete: Bool
    /// Further arguments, for instance `x-max-length`.
    public var arguments: AMQPTable

    /// Makes a queue.
    public init(
        name: String,
        durable: Bool = true,
        exclusive: Bool = false,
        autoDelete: Bool = false,
        arguments: AMQPTable = [:]
    ) {
        self.name = name
        self.durable = durable
        self.exclusive = exclusive
        self.autoDelete = autoDelete
        self.arguments = arguments
    }

    /// Makes a quorum queue: replicated, durable, written to disk before it confirms.
    ///
    /// - Parameters:
    ///   - name: The queue's name.
    ///   - arguments: Further arguments; `x-queue-type` is added.
    public static func quorum(_ name: String, arguments: AMQPTable = [:]) -> AMQPQueue {
        var arguments = arguments
        arguments["x-queue-type"] = "quorum"
        return AMQPQueue(name: name, arguments: arguments)
    }

    /// Refuses what cannot be sent.
    func validate() throws(AMQPError) {
        try name.validateShortString("name of the queue")
        try AMQPFieldValue.validate(arguments)
    }
}

/// A binding of a queue to an exchange.
public struct AMQPBinding: Sendable, Hashable {
    /// The exchange that messages come from.
    public var source: String
    /// The queue that they go to.
    public var queue: String
    /// The key or the pattern to route by.
    public var routingKey: String
    /// Further arguments, for an exchange that routes by headers.
    public var arguments: AMQPTable

    /// Makes a binding.
    public init(source: String, queue: String, routingKey: String, arguments: AMQPTable = [:]) {
        self.source = source
        self.queue = queue
        self.routingKey = routingKey
        self.arguments = arguments
    }

    /// Refuses what cannot be sent.
    func validate() throws(AMQPError) {
        try source.validateShortString("name of the exchange")
        try queue.validateShortString("name of the queue")
        try routingKey.validateShortString("routing key")
        try AMQPFieldValue.validate(arguments)
    }
}

/// What the broker says about a queue.
public struct AMQPQueueStatus: Sendable, Hashable {
    /// The queue's name.
    public var name: String
    /// How many messages are ready, not counting those delivered and not yet acknowledged.
    public var messageCount: Int
    /// How many subscriptions there are.
    public var consumerCount: Int

    /// Makes a status; a test may need one.
    public init(name: String, messageCount: Int, consumerCount: Int) {
        self.name = name
        self.messageCount = messageCount
        self.consumerCount = consumerCount
    }
}

/// A wish to receive a queue's messages.
public struct AMQPSubscription: Sendable, Hashable {
    /// The queue to receive from.
    public var queue: String
    /// How many messages may be delivered and not yet acknowledged, at least 1; it bounds the consumer's buffer.
    public var prefetch: UInt16
    /// The consumer's priority: the broker serves higher ones first while they have room.
    public var priority: Int32?
    /// Whether nobody else may consume from the queue.
    public var exclusive: Bool
    /// Further arguments, for instance `x-stream-offset`.
    public var arguments: AMQPTable

    /// Makes a subscription.
    public init(
        queue: String,
        prefetch: UInt16,
        priority: Int32? = nil,
        exclusive: Bool = false,
        arguments: AMQPTable = [:]
    ) {
        self.queue = queue
        self.prefetch = prefetch
        self.priority = priority
        self.exclusive = exclusive
        self.arguments = arguments
    }

    /// Refuses what cannot be sent.
    func validate() throws(AMQPError) {
        try queue.validateShortString("name of the queue")
        try AMQPFieldValue.validate(arguments)
        if prefetch == 0 {
            throw AMQPError(.invalidArgument, "A prefetch of 0 means no bound at all; at least 1 is needed.")
        }
    }
}
