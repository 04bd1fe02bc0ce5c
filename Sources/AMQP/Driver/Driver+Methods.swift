//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CRabbitMQ

extension Driver {
    /// Turns a method into what it means.
    func methodEvent(_ method: amqp_method_t, _ channel: UInt16) throws(AMQPError) -> InboundEvent? {
        guard let decoded = method.decoded else {
            throw AMQPError(.protocolViolation, "The broker sent a method without its fields.")
        }
        switch method.id {
        case AMQP_BASIC_DELIVER_METHOD:
            let deliver = decoded.load(as: amqp_basic_deliver_t.self)
            try withAssembler(channel) { (assembler) throws(AMQPError) in try assembler.begin(deliver) }
            return nil
        case AMQP_BASIC_ACK_METHOD:
            let ack = decoded.load(as: amqp_basic_ack_t.self)
            return .confirmed(channel: channel, tag: ack.delivery_tag, multiple: ack.multiple != 0, isPositive: true)
        case AMQP_BASIC_NACK_METHOD:
            let nack = decoded.load(as: amqp_basic_nack_t.self)
            return .confirmed(channel: channel, tag: nack.delivery_tag, multiple: nack.multiple != 0, isPositive: false)
        case AMQP_BASIC_RETURN_METHOD:
            let returned = decoded.load(as: amqp_basic_return_t.self)
            try withAssembler(channel) { (assembler) throws(AMQPError) in try assembler.begin(returned) }
            return nil
        case AMQP_BASIC_GET_OK_METHOD:
            let get = decoded.load(as: amqp_basic_get_ok_t.self)
            try withAssembler(channel) { (assembler) throws(AMQPError) in try assembler.begin(get) }
            return nil
        case AMQP_BASIC_CANCEL_METHOD:
            let cancel = decoded.load(as: amqp_basic_cancel_t.self)
            let consumer = try ContentAssembler.consumerNumber(cancel.consumer_tag)
            return .consumerCancelled(channel: channel, consumer: consumer)
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = decoded.load(as: amqp_channel_close_t.self)
            return .channelClosed(channel: channel, replyCode: close.reply_code, replyText: close.reply_text.text)
        case AMQP_CHANNEL_FLOW_METHOD:
            return .flow(channel: channel, isActive: decoded.load(as: amqp_channel_flow_t.self).active != 0)
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = decoded.load(as: amqp_connection_close_t.self)
            return .connectionClosed(replyCode: close.reply_code, replyText: close.reply_text.text)
        case AMQP_CONNECTION_CLOSE_OK_METHOD:
            return .connectionCloseConfirmed
        case AMQP_CONNECTION_BLOCKED_METHOD:
            return .blocked
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            return .unblocked
        default:
            return reply(method.id, decoded).map { .reply(channel: channel, $0) }
        }
    }

    /// Reads an answer to a request; `nil` for a method that means nothing to us.
    private func reply(_ id: amqp_method_number_t, _ decoded: UnsafeMutableRawPointer) -> Reply? {
        switch id {
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let queue = decoded.load(as: amqp_queue_declare_ok_t.self)
            let status = AMQPQueueStatus(
                name: queue.queue.text,
                messageCount: Int(queue.message_count),
                consumerCount: Int(queue.consumer_count)
            )
            return .queue(status)
        case AMQP_QUEUE_PURGE_OK_METHOD:
            return .count(Int(decoded.load(as: amqp_queue_purge_ok_t.self).message_count))
        case AMQP_QUEUE_DELETE_OK_METHOD:
            return .count(Int(decoded.load(as: amqp_queue_delete_ok_t.self).message_count))
        case AMQP_BASIC_GET_EMPTY_METHOD:
            return .message(nil)
        case AMQP_CHANNEL_CLOSE_OK_METHOD:
            return .channelClosed
        case AMQP_CHANNEL_OPEN_OK_METHOD, AMQP_EXCHANGE_DECLARE_OK_METHOD, AMQP_EXCHANGE_DELETE_OK_METHOD,
            AMQP_QUEUE_BIND_OK_METHOD, AMQP_QUEUE_UNBIND_OK_METHOD, AMQP_BASIC_QOS_OK_METHOD,
            AMQP_BASIC_CONSUME_OK_METHOD, AMQP_BASIC_CANCEL_OK_METHOD, AMQP_CONFIRM_SELECT_OK_METHOD:
            return .done
        default:
            return nil
        }
    }
}
