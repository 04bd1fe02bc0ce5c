//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension AMQPChannel {
    /// How many declarations are under way at once; enough to hide the way there and back.
    private static let window = 256

    /// Declares everything in a topology: exchanges, then queues, then bindings.
    ///
    /// Declarations are sent without waiting for the answer to each. Declaring what is there already does nothing. For
    /// thousands of queues see ``AMQPConnection/apply(_:)``.
    ///
    /// - Throws: ``AMQPError``; where something is there with other properties, with the reply code 406.
    public func apply(_ topology: AMQPTopology) async throws {
        try topology.validate()
        let requests =
            topology.exchanges.map(ChannelRequest.declareExchange) + topology.queues.map(ChannelRequest.declareQueue)
            + topology.bindings.map(ChannelRequest.bind)
        try await requestAll(requests)
    }

    @discardableResult
    private func requestAll(_ requests: [ChannelRequest]) async throws -> [Reply] {
        var replies: [Reply] = []
        while replies.count < requests.count {
            let end = min(requests.count, replies.count + Self.window)
            replies += try await request(Array(requests[replies.count..<end]))
        }
        return replies
    }

    /// Declares an exchange.
    public func declare(_ exchange: AMQPExchange) async throws {
        try exchange.validate()
        try await request(.declareExchange(exchange))
    }

    /// Asks whether there is an exchange, without creating it.
    ///
    /// - Throws: ``AMQPError``, with reply code 404 where there is none; that closes the channel.
    public func checkExchange(_ name: String) async throws {
        try name.validateShortString("name of the exchange")
        try await request(.exchangeStatus(name))
    }

    /// Declares a queue.
    ///
    /// - Returns: The queue's state, with its name where the broker made it up.
    @discardableResult
    public func declare(_ queue: AMQPQueue) async throws -> AMQPQueueStatus {
        try queue.validate()
        return try await request(.declareQueue(queue)).status
    }

    /// Binds a queue to an exchange.
    public func bind(_ binding: AMQPBinding) async throws {
        try binding.validate()
        try await request(.bind(binding))
    }

    /// Takes back a binding.
    public func unbind(_ binding: AMQPBinding) async throws {
        try binding.validate()
        try await request(.unbind(binding))
    }

    /// Asks how many messages and consumers a queue has, without creating it.
    ///
    /// - Throws: ``AMQPError``, with reply code 404 where there is no such queue; that closes the channel.
    public func status(ofQueue name: String) async throws -> AMQPQueueStatus {
        try await statuses(ofQueues: [name])[0]
    }

    /// Asks how many messages and consumers each of some queues has, without creating any and without waiting for the answer
    /// to each.
    ///
    /// - Returns: One status for each, in the same order.
    /// - Throws: ``AMQPError``, with reply code 404 where one is missing; that closes the channel.
    public func statuses(ofQueues names: [String]) async throws -> [AMQPQueueStatus] {
        for name in names { try name.validateShortString("name of the queue") }
        return try await requestAll(names.map(ChannelRequest.queueStatus)).map { try $0.status }
    }

    /// Removes all messages of a queue that are not being held by a consumer.
    ///
    /// - Returns: How many were removed.
    @discardableResult
    public func purge(_ queue: String) async throws -> Int {
        try queue.validateShortString("name of the queue")
        return try await request(.purgeQueue(queue)).count
    }

    /// Deletes a queue with its messages; deleting one that is not there does nothing.
    ///
    /// - Parameters:
    ///   - name: The queue's name.
    ///   - ifUnused: Whether to refuse while the queue has consumers (classic queues only).
    ///   - ifEmpty: Whether to refuse while the queue has messages (classic queues only).
    /// - Returns: How many messages went with it.
    @discardableResult
    public func deleteQueue(_ name: String, ifUnused: Bool = false, ifEmpty: Bool = false) async throws -> Int {
        try name.validateShortString("name of the queue")
        return try await request(.deleteQueue(name, ifUnused: ifUnused, ifEmpty: ifEmpty)).count
    }

    /// Deletes an exchange with its bindings; deleting one that is not there does nothing.
    public func deleteExchange(_ name: String) async throws {
        try name.validateShortString("name of the exchange")
        try await request(.deleteExchange(name))
    }
}

extension Reply {
    /// What a declaration tells about the queue.
    fileprivate var status: AMQPQueueStatus {
        get throws(AMQPError) {
            guard case .queue(let status) = self else {
                throw AMQPError(.protocolViolation, "The broker answered a declaration with something else.")
            }
            return status
        }
    }

    /// How many messages went.
    fileprivate var count: Int {
        get throws(AMQPError) {
            guard case .count(let count) = self else {
                throw AMQPError(.protocolViolation, "The broker did not say how many messages went.")
            }
            return count
        }
    }
}
