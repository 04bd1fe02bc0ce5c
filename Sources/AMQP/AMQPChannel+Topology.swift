//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension AMQPChannel {
    /// How many declarations are under way at once; enough to hide the way there and back.
    private static let window = 256

    /// Declares everything in a topology: exchanges, then queues, then bindings.
    ///
    /// Declarations are sent without waiting for the answer to each, so that thousands of queues cost no more than the
    /// broker's own time. Declaring what is there already does nothing.
    ///
    /// - Throws: ``AMQPError``; where something is there with other properties, with the reply code 406.
    public func apply(_ topology: AMQPTopology) async throws {
        for exchange in topology.exchanges { try exchange.validate() }
        for queue in topology.queues { try queue.validate() }
        for binding in topology.bindings { try binding.validate() }
        let requests =
            topology.exchanges.map(ChannelRequest.declareExchange) + topology.queues.map(ChannelRequest.declareQueue)
            + topology.bindings.map(ChannelRequest.bind)
        try await requestAll(requests)
    }

    /// Looks whether all of some queues are there, without creating any. Asked without waiting for the answer to each.
    ///
    /// - Throws: ``AMQPError``, with reply code 404 where one is missing; that closes the channel.
    public func checkQueues(_ names: [String]) async throws {
        for name in names { try name.validateShortString("name of the queue") }
        try await requestAll(names.map(ChannelRequest.queueStatus))
    }

    private func requestAll(_ requests: [ChannelRequest]) async throws {
        var start = 0
        while start < requests.count {
            let end = min(requests.count, start + Self.window)
            try await request(Array(requests[start..<end]))
            start = end
        }
    }

    /// Declares an exchange.
    public func declare(_ exchange: AMQPExchange) async throws {
        try exchange.validate()
        try await request([.declareExchange(exchange)])
    }

    /// Asks whether there is an exchange, without creating it.
    ///
    /// - Throws: ``AMQPError``, with reply code 404 where there is none; that closes the channel.
    public func checkExchange(_ name: String) async throws {
        try name.validateShortString("name of the exchange")
        try await request([.exchangeStatus(name)])
    }

    /// Declares a queue.
    ///
    /// - Returns: The queue's state, with its name where the broker made it up.
    @discardableResult
    public func declare(_ queue: AMQPQueue) async throws -> AMQPQueueStatus {
        try queue.validate()
        return try await status([.declareQueue(queue)])
    }

    /// Binds a queue to an exchange.
    public func bind(_ binding: AMQPBinding) async throws {
        try binding.validate()
        try await request([.bind(binding)])
    }

    /// Takes back a binding.
    public func unbind(_ binding: AMQPBinding) async throws {
        try binding.validate()
        try await request([.unbind(binding)])
    }

    /// Asks how many messages and consumers a queue has, without creating it.
    ///
    /// - Throws: ``AMQPError``, with reply code 404 where there is no such queue; that closes the channel.
    public func status(ofQueue name: String) async throws -> AMQPQueueStatus {
        try name.validateShortString("name of the queue")
        return try await status([.queueStatus(name)])
    }

    /// Removes all messages of a queue that are not being held by a consumer.
    ///
    /// - Returns: How many were removed.
    @discardableResult
    public func purge(_ queue: String) async throws -> Int {
        try queue.validateShortString("name of the queue")
        return try await count([.purgeQueue(queue)])
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
        return try await count([.deleteQueue(name, ifUnused: ifUnused, ifEmpty: ifEmpty)])
    }

    /// Deletes an exchange with its bindings; deleting one that is not there does nothing.
    public func deleteExchange(_ name: String) async throws {
        try name.validateShortString("name of the exchange")
        try await request([.deleteExchange(name)])
    }

    private func status(_ requests: [ChannelRequest]) async throws -> AMQPQueueStatus {
        guard case .queue(let status) = try await request(requests) else {
            throw AMQPError(.protocolViolation, "The broker answered a declaration with something else.")
        }
        return status
    }

    private func count(_ requests: [ChannelRequest]) async throws -> Int {
        guard case .count(let count) = try await request(requests) else {
            throw AMQPError(.protocolViolation, "The broker did not say how many messages went.")
        }
        return count
    }
}
