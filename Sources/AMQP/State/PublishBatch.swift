//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Messages that were handed over together, and what has become of them.
///
/// Belongs to the connection's thread, like everything it is used with.
final class PublishBatch {
    /// One message of a batch.
    struct Slot {
        let batch: PublishBatch
        let index: Int

        var message: AMQPMessage { batch.messages[index] }

        /// Whether the broker has already given the message back; the confirm that follows does not change that.
        var isReturned: Bool {
            if case .returned = batch.outcomes[index] { true } else { false }
        }

        /// Notes that the message came back; its confirm is still to come.
        func markReturned(replyCode: UInt16, replyText: String) {
            batch.outcomes[index] = .returned(replyCode: replyCode, replyText: replyText)
        }
    }

    let messages: [AMQPMessage]
    let deadline: MonotonicTime
    private var outcomes: [AMQPPublishOutcome]
    private var unsettled: Int
    private var next = 0
    private let continuation: CheckedContinuation<[AMQPPublishOutcome], Never>

    /// Makes a batch.
    ///
    /// - Parameters:
    ///   - messages: The messages, at least one.
    ///   - deadline: When to stop waiting.
    ///   - continuation: Receives the outcomes once all are known.
    init(
        _ messages: [AMQPMessage],
        deadline: MonotonicTime,
        continuation: CheckedContinuation<[AMQPPublishOutcome], Never>
    ) {
        self.messages = messages
        self.deadline = deadline
        self.continuation = continuation
        // Confirmed until something else is heard: nearly all of them will be.
        outcomes = Array(repeating: .confirmed, count: messages.count)
        unsettled = messages.count
    }

    /// The next message to send.
    var nextSlot: Slot? { next < messages.count ? Slot(batch: self, index: next) : nil }

    /// Moves on to the message after ``nextSlot``.
    func advance() { next += 1 }

    /// Settles one message that was sent, or that cannot be.
    ///
    /// - Parameter failure: What went wrong, or `nil` where the broker confirmed.
    func settle(_ index: Int, failure: AMQPPublishOutcome?) {
        if let failure, !Slot(batch: self, index: index).isReturned { outcomes[index] = failure }
        unsettled -= 1
        if unsettled == 0 { continuation.resume(returning: outcomes) }
    }

    /// Settles every message that has not been sent.
    func failUnsent(_ error: AMQPError) {
        while next < messages.count {
            next += 1
            settle(next - 1, failure: .failed(error))
        }
    }
}
