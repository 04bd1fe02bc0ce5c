//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import HeapModule
import Synchronization

/// The steps that stand-in agents have yet to take, by the time they are due.
final class AgentSchedule: Sendable {
    /// A step of a plan, due at some time.
    struct Entry: Sendable {
        let due: ContinuousClock.Instant
        /// Keeps steps due at the same time in order.
        let serial: Int
        let plan: AgentPlan
        let step: Int
        /// The delivery to acknowledge after the plan's last step.
        let deliveryTag: UInt64
    }

    private struct State {
        var heap = Heap<Ordered>()
        var serial = 0
    }

    private struct Ordered: Comparable {
        let entry: Entry
        static func < (left: Ordered, right: Ordered) -> Bool {
            (left.entry.due, left.entry.serial) < (right.entry.due, right.entry.serial)
        }
        static func == (left: Ordered, right: Ordered) -> Bool { left.entry.serial == right.entry.serial }
    }

    private let state = Mutex(State())
    let signal = Signal()

    /// Adds a step.
    func add(_ plan: AgentPlan, step: Int, deliveryTag: UInt64, due: ContinuousClock.Instant) {
        state.withLock { state in
            state.serial += 1
            let entry = Entry(due: due, serial: state.serial, plan: plan, step: step, deliveryTag: deliveryTag)
            state.heap.insert(Ordered(entry: entry))
        }
        signal.notify()
    }

    /// Takes up to `limit` steps that are due at `now`.
    func takeDue(at now: ContinuousClock.Instant, limit: Int) -> [Entry] {
        state.withLock { state in
            var entries: [Entry] = []
            while entries.count < limit, let next = state.heap.min, next.entry.due <= now {
                entries.append(state.heap.removeMin().entry)
            }
            return entries
        }
    }

    /// When the next step is due.
    var next: ContinuousClock.Instant? {
        state.withLock { $0.heap.min?.entry.due }
    }
}
