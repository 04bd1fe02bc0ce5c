//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule
import Synchronization

/// What a channel's users hold: its number, and why it is no more.
final class ChannelHandle: Sendable {
    let number: UInt16
    private let reason = Mutex<AMQPError?>(nil)

    init(number: UInt16) {
        self.number = number
    }

    /// Why the channel can no longer be used, or `nil` while it can.
    var failure: AMQPError? { reason.withLock { $0 } }

    /// Notes why the channel can no longer be used; the first reason stays.
    func fail(_ error: AMQPError) {
        reason.withLock { $0 = $0 ?? error }
    }
}

/// Everything that is going on in a channel; belongs to the connection's thread.
final class ChannelState {
    /// A subscription and where its messages go.
    struct Subscriber {
        let queue: String
        let tag: String
        let buffer: ConsumerBuffer
    }

    /// Something that was asked of the broker.
    struct Request {
        /// The queue that a message was asked of.
        var queue = ""
        /// Receives the answer.
        var onReply: (Result<Reply, AMQPError>) -> Void = { _ in }
    }

    let handle: ChannelHandle
    let maximumOutstanding: Int
    /// Whether the channel is being closed; what still arrives has no receiver.
    var isClosing = false
    /// Whether the broker has asked for a pause in publishing.
    var isPaused = false
    /// Requests without an answer, oldest first: a channel answers in order.
    private(set) var requests: Deque<Request> = []
    /// When the oldest request has waited too long.
    private(set) var requestDeadline = MonotonicTime.distantFuture
    var deliveries = DeliveryLedger()
    var subscribers: [Int: Subscriber] = [:]

    var isConfirming = false
    var confirms = ConfirmLedger<PublishBatch.Slot>()
    /// Batches that still have messages to send.
    var batches: Deque<PublishBatch> = []
    /// No batch's deadline is earlier than this; kept low rather than exact, to spare a search for each batch.
    var batchDeadline = MonotonicTime.distantFuture

    private let requestTimeout: Duration

    init(handle: ChannelHandle, maximumOutstanding: Int, requestTimeout: Duration) {
        self.handle = handle
        self.maximumOutstanding = maximumOutstanding
        self.requestTimeout = requestTimeout
    }

    /// Notes a request that was just sent.
    func append(_ request: Request) {
        if requests.isEmpty { requestDeadline = .now + requestTimeout }
        requests.append(request)
    }

    /// Takes the oldest request, whose answer is here; the next one has the full time from now.
    func nextRequest() -> Request? {
        let request = requests.popFirst()
        requestDeadline = requests.isEmpty ? .distantFuture : .now + requestTimeout
        return request
    }

    /// Tells everyone who waits for something on this channel that it will not come.
    func fail(_ error: AMQPError) {
        handle.fail(error)
        let pending = requests
        requests = []
        requestDeadline = .distantFuture
        for request in pending { request.onReply(.failure(error)) }

        confirms.removeAll(where: { _ in true }) { $0.batch.settle($0.index, failure: .failed(error)) }
        for batch in batches { batch.failUnsent(error) }
        batches = []
        batchDeadline = .distantFuture

        for subscriber in subscribers.values { subscriber.buffer.fail(error) }
        subscribers = [:]
    }

    /// Gives up what was to be published by now.
    ///
    /// - Parameters:
    ///   - now: The present.
    ///   - isBlocked: Whether the broker accepts no messages.
    func expireBatches(_ now: MonotonicTime, isBlocked: Bool) {
        if now < batchDeadline { return }
        let blockedError = AMQPError(.connectionBlocked, "The broker accepted no messages within the time allowed.")
        let unsentError =
            isBlocked
            ? blockedError
            : AMQPError(.operationTimedOut, "The message could not be sent within the time allowed.")
        var next = MonotonicTime.distantFuture
        for batch in batches where batch.deadline <= now { batch.failUnsent(unsentError) }
        batches.removeAll { $0.deadline <= now }
        for batch in batches { next = min(next, batch.deadline) }

        // What went out before the broker said so lies unread in the socket.
        let sentError =
            isBlocked
            ? blockedError
            : AMQPError(.operationTimedOut, "The broker did not confirm the message within the time allowed.")
        confirms.removeAll(
            where: { slot in
                if slot.batch.deadline <= now { return true }
                next = min(next, slot.batch.deadline)
                return false
            },
            { $0.batch.settle($0.index, failure: .failed(sentError)) }
        )
        batchDeadline = next
    }
}
