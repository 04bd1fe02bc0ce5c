//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// Keeps acknowledgements back while mailboxes are subscribed to anew with another prefetch.
///
/// What is on its way to a subscription that is cancelled goes back to its queue, and may come behind what was sent after
/// it. Nothing is on its way where as many messages are unacknowledged as the prefetch allows (seen with RabbitMQ 3.10.8,
/// see `AMQPConsumer.unsubscribe`). So what is handled meanwhile is committed as ever, and acknowledged when the new
/// subscription stands.
final class AcknowledgementGate: Sendable {
    private struct State {
        var mailboxes: Set<String> = []
        var kept: [ReadAhead.Item] = []
        /// Whether what has passed is still being acknowledged.
        var isPassing = false
    }

    private let state = Mutex(State())
    private let passed = Signal()

    /// Begins to keep back what is handled of some mailboxes, and waits until what passed before has been acknowledged:
    /// only then is it counted no longer as held, and more may be on its way for it.
    func close(for mailboxes: Set<String>) async {
        state.withLock { $0.mailboxes.formUnion(mailboxes) }
        while !Task.isCancelled, state.withLock(\.isPassing) { await passed.wait() }
    }

    /// Tells which of the deliveries that were handled are to be acknowledged now; the others are kept. Whoever asks says
    /// with ``settle()`` when that is done.
    func pass(_ batch: [ReadAhead.Item]) -> [ReadAhead.Item] {
        state.withLock { state in
            state.isPassing = true
            if state.mailboxes.isEmpty { return batch }
            state.kept += batch.filter { state.mailboxes.contains($0.queue) }
            return batch.filter { !state.mailboxes.contains($0.queue) }
        }
    }

    /// Tells that what has passed is acknowledged.
    func settle() {
        state.withLock { $0.isPassing = false }
        passed.notify()
    }

    /// Ends keeping back for some mailboxes.
    ///
    /// - Returns: What was kept of them, to be acknowledged.
    func open(for mailboxes: Set<String>) -> [ReadAhead.Item] {
        state.withLock { state in
            state.mailboxes.subtract(mailboxes)
            let released = state.kept.filter { mailboxes.contains($0.queue) }
            state.kept.removeAll { mailboxes.contains($0.queue) }
            return released
        }
    }
}
