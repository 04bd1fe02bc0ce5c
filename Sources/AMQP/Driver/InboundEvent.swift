//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Something that the broker said, copied out of the library's memory.
enum InboundEvent {
    /// A message for the subscription with the given tag; `queue` and `consumerTag` are left for the receiver to fill in.
    case delivery(channel: UInt16, consumer: Int, AMQPDelivery)
    /// A message came back because no queue took it; of the delivery only what the publisher had set means anything.
    case returned(channel: UInt16, replyCode: UInt16, replyText: String, AMQPDelivery)
    /// The broker settled published messages: `tag` alone, or it and all before it.
    case confirmed(channel: UInt16, tag: UInt64, multiple: Bool, isPositive: Bool)
    /// The answer to the oldest request on the channel.
    case reply(channel: UInt16, Reply)
    /// The broker ended a subscription.
    case consumerCancelled(channel: UInt16, consumer: Int)
    /// The broker closed a channel.
    case channelClosed(channel: UInt16, replyCode: UInt16, replyText: String)
    /// The broker closed the connection.
    case connectionClosed(replyCode: UInt16, replyText: String)
    /// The broker agreed to close the connection.
    case connectionCloseConfirmed
    /// The broker accepts no messages for now.
    case blocked
    /// The broker accepts messages again.
    case unblocked
    /// The broker asks for a pause in what is published on a channel, or for its end (RabbitMQ never does).
    case flow(channel: UInt16, isActive: Bool)
}

/// The answer to a request.
enum Reply: Sendable {
    /// The request was carried out and there is no more to tell.
    case done
    /// The channel was closed at our wish.
    case channelClosed
    /// What a declaration tells about the queue.
    case queue(AMQPQueueStatus)
    /// How many messages were purged or deleted.
    case count(Int)
    /// The message that was asked for, or `nil` where the queue is empty.
    case message(AMQPDelivery?)
}
