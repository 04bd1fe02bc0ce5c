//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ

/// Something to ask of the broker on a channel, to which it answers.
enum ChannelRequest: Sendable {
    case declareExchange(AMQPExchange)
    case exchangeStatus(String)
    case deleteExchange(String)
    case declareQueue(AMQPQueue)
    case queueStatus(String)
    case purgeQueue(String)
    case deleteQueue(String, ifUnused: Bool, ifEmpty: Bool)
    case bind(AMQPBinding)
    case unbind(AMQPBinding)
    case get(String)
    case qos(prefetch: UInt16)
    case consume(AMQPSubscription, tag: String)
    case cancel(tag: String)
    case confirmSelect

    /// The queue that a message is asked of, for ``get(_:)``.
    var queueToGet: String {
        if case .get(let queue) = self { queue } else { "" }
    }
}

extension Driver {
    /// Sends a request.
    func send(_ request: ChannelRequest, on channel: UInt16) throws(AMQPError) {
        switch request {
        case .declareExchange(let exchange): try declare(exchange, isPassive: false, on: channel)
        case .exchangeStatus(let name):
            try declare(AMQPExchange(name: name, type: .fanout), isPassive: true, on: channel)
        case .deleteExchange(let name):
            try send(AMQP_EXCHANGE_DELETE_METHOD, on: channel) { arena in
                var method = amqp_exchange_delete_t()
                method.exchange = arena.bytes(name)
                return method
            }
        case .declareQueue(let queue): try declare(queue, isPassive: false, on: channel)
        case .queueStatus(let name): try declare(AMQPQueue(name: name), isPassive: true, on: channel)
        case .purgeQueue(let name):
            try send(AMQP_QUEUE_PURGE_METHOD, on: channel) { arena in
                var method = amqp_queue_purge_t()
                method.queue = arena.bytes(name)
                return method
            }
        case .deleteQueue(let name, let ifUnused, let ifEmpty):
            try send(AMQP_QUEUE_DELETE_METHOD, on: channel) { arena in
                var method = amqp_queue_delete_t()
                method.queue = arena.bytes(name)
                method.if_unused = ifUnused ? 1 : 0
                method.if_empty = ifEmpty ? 1 : 0
                return method
            }
        case .bind(let binding):
            try send(AMQP_QUEUE_BIND_METHOD, on: channel) { arena in
                var method = amqp_queue_bind_t()
                method.exchange = arena.bytes(binding.source)
                method.queue = arena.bytes(binding.queue)
                method.routing_key = arena.bytes(binding.routingKey)
                method.arguments = arena.table(binding.arguments)
                return method
            }
        case .unbind(let binding):
            try send(AMQP_QUEUE_UNBIND_METHOD, on: channel) { arena in
                var method = amqp_queue_unbind_t()
                method.exchange = arena.bytes(binding.source)
                method.queue = arena.bytes(binding.queue)
                method.routing_key = arena.bytes(binding.routingKey)
                method.arguments = arena.table(binding.arguments)
                return method
            }
        case .get(let queue):
            try send(AMQP_BASIC_GET_METHOD, on: channel) { arena in
                var method = amqp_basic_get_t()
                method.queue = arena.bytes(queue)
                return method
            }
        case .qos(let prefetch):
            var method = amqp_basic_qos_t()
            method.prefetch_count = prefetch
            try send(AMQP_BASIC_QOS_METHOD, method, on: channel)
        case .consume(let subscription, let tag): try consume(subscription, tag, on: channel)
        case .cancel(let tag):
            try send(AMQP_BASIC_CANCEL_METHOD, on: channel) { arena in
                var method = amqp_basic_cancel_t()
                method.consumer_tag = arena.bytes(tag)
                return method
            }
        case .confirmSelect: try send(AMQP_CONFIRM_SELECT_METHOD, amqp_confirm_select_t(), on: channel)
        }
    }

    private func declare(_ exchange: AMQPExchange, isPassive: Bool, on channel: UInt16) throws(AMQPError) {
        try send(AMQP_EXCHANGE_DECLARE_METHOD, on: channel) { arena in
            var method = amqp_exchange_declare_t()
            method.exchange = arena.bytes(exchange.name)
            method.type = arena.bytes(exchange.type.rawValue)
            method.passive = isPassive ? 1 : 0
            method.durable = exchange.durable ? 1 : 0
            method.auto_delete = exchange.autoDelete ? 1 : 0
            method.internal = exchange.internal ? 1 : 0
            method.arguments = arena.table(exchange.arguments)
            return method
        }
    }

    private func declare(_ queue: AMQPQueue, isPassive: Bool, on channel: UInt16) throws(AMQPError) {
        try send(AMQP_QUEUE_DECLARE_METHOD, on: channel) { arena in
            var method = amqp_queue_declare_t()
            method.queue = arena.bytes(queue.name)
            method.passive = isPassive ? 1 : 0
            method.durable = queue.durable ? 1 : 0
            method.exclusive = queue.exclusive ? 1 : 0
            method.auto_delete = queue.autoDelete ? 1 : 0
            method.arguments = arena.table(queue.arguments)
            return method
        }
    }

    private func consume(_ subscription: AMQPSubscription, _ tag: String, on channel: UInt16) throws(AMQPError) {
        var arguments = subscription.arguments
        if let priority = subscription.priority { arguments["x-priority"] = .int32(priority) }
        try send(AMQP_BASIC_CONSUME_METHOD, on: channel) { arena in
            var method = amqp_basic_consume_t()
            method.queue = arena.bytes(subscription.queue)
            method.consumer_tag = arena.bytes(tag)
            method.exclusive = subscription.exclusive ? 1 : 0
            method.arguments = arena.table(arguments)
            return method
        }
    }

    // MARK: Methods without an answer, and those about connections and channels

    func sendAck(_ acknowledgement: DeliveryLedger.Acknowledgement, on channel: UInt16) throws(AMQPError) {
        var method = amqp_basic_ack_t()
        method.delivery_tag = acknowledgement.tag
        method.multiple = acknowledgement.multiple ? 1 : 0
        try send(AMQP_BASIC_ACK_METHOD, method, on: channel)
    }

    func sendReject(_ tag: UInt64, requeue: Bool, on channel: UInt16) throws(AMQPError) {
        var method = amqp_basic_reject_t()
        method.delivery_tag = tag
        method.requeue = requeue ? 1 : 0
        try send(AMQP_BASIC_REJECT_METHOD, method, on: channel)
    }

    func sendFlowOK(_ channel: UInt16, isActive: Bool) throws(AMQPError) {
        var method = amqp_channel_flow_ok_t()
        method.active = isActive ? 1 : 0
        try send(AMQP_CHANNEL_FLOW_OK_METHOD, method, on: channel)
    }

    func sendChannelOpen(_ channel: UInt16) throws(AMQPError) {
        try send(AMQP_CHANNEL_OPEN_METHOD, amqp_channel_open_t(), on: channel)
    }

    func sendChannelClose(_ channel: UInt16) throws(AMQPError) {
        var method = amqp_channel_close_t()
        method.reply_code = 200
        try send(AMQP_CHANNEL_CLOSE_METHOD, method, on: channel)
    }

    func sendChannelCloseOK(_ channel: UInt16) throws(AMQPError) {
        try send(AMQP_CHANNEL_CLOSE_OK_METHOD, amqp_channel_close_ok_t(), on: channel)
    }

    func sendConnectionClose() throws(AMQPError) {
        var method = amqp_connection_close_t()
        method.reply_code = 200
        try send(AMQP_CONNECTION_CLOSE_METHOD, method, on: 0)
    }

    func sendConnectionCloseOK() throws(AMQPError) {
        try send(AMQP_CONNECTION_CLOSE_OK_METHOD, amqp_connection_close_ok_t(), on: 0)
    }
}
