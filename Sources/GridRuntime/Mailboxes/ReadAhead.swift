//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule
import GridStore
import Synchronization

/// Deliveries that have been read and wait for their transaction.
///
/// Bounded by the broker, which has no more outstanding than the prefetch of all mailboxes together.
final class ReadAhead: Sendable {
    /// A delivery's number on its channel, and what it says; nil for a probe, which has no effect.
    struct Item: Sendable {
        let deliveryTag: UInt64
        let candidate: Quarantine.Candidate?
    }

    private let state = Mutex((items: Deque<Item>(), isFinished: false))
    private let signal = Signal()

    /// Adds deliveries behind those that wait.
    func add(_ items: [Item]) {
        state.withLock { $0.items.append(contentsOf: items) }
        signal.notify()
    }

    /// Tells that no more will come.
    func finish() {
        state.withLock { $0.isFinished = true }
        signal.notify()
    }

    /// Takes up to `limit` deliveries, as soon as there is one; nil when no more come or the task was cancelled.
    ///
    /// One task takes at a time.
    func next(atMost limit: Int) async -> [Item]? {
        while !Task.isCancelled {
            let (items, isFinished) = state.withLock { state in
                let items = Array(state.items.prefix(limit))
                state.items.removeFirst(items.count)
                return (items, state.isFinished)
            }
            if !items.isEmpty { return items }
            if isFinished { return nil }
            await signal.wait()
        }
        return nil
    }
}
