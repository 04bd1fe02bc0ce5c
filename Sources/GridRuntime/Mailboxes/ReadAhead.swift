//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore
import Synchronization

/// Deliveries that have been read and wait for their turn in a transaction.
///
/// Bounded by the broker, which has no more outstanding than the prefetch of all mailboxes together.
final class ReadAhead: Sendable {
    /// A delivery's number on its channel, where it came from, and what it says; nil for a probe, which has no effect.
    struct Item: Sendable {
        let deliveryTag: UInt64
        let queue: String
        let candidate: Quarantine.Candidate?

        /// When it was sent, as far as it says so.
        var time: String? { candidate?.message.headers[HeaderName.time] }
    }

    private struct State {
        var turns = Turns<Item>()
        var isFinished = false
        var isStopped = false
    }

    private let state = Mutex(State())
    private let signal = Signal()

    /// Adds deliveries behind those of their mailboxes that wait.
    func add(_ items: [Item]) {
        state.withLock { state in
            for item in items {
                let subject = item.candidate?.message.headers[HeaderName.subject]
                let isUrgent = item.candidate?.incoming?.isUrgent ?? false
                state.turns.add(item, of: item.queue, about: subject, isUrgent: isUrgent)
            }
        }
        signal.notify()
    }

    /// Tells that no more will come.
    func finish() {
        state.withLock { $0.isFinished = true }
        signal.notify()
    }

    /// Gives out no more, not even what is there.
    func stop() {
        state.withLock { $0.isStopped = true }
        signal.notify()
    }

    /// Takes up to `limit` deliveries, as soon as there is one; nil when no more come or it was stopped.
    ///
    /// One task takes at a time.
    ///
    /// - Parameter plan: Says how many a mailbox gives when it is its turn.
    func next(atMost limit: Int, under plan: () -> SubscriptionPlan) async -> [Item]? {
        while true {
            let shares = plan().shares
            let (items, isOver) = state.withLock { state in
                if state.isStopped { return ([Item](), true) }
                return (state.turns.take(limit) { shares[$0]?.turn ?? 1 }, state.isFinished)
            }
            if !items.isEmpty { return items }
            if isOver { return nil }
            await signal.wait()
        }
    }
}
