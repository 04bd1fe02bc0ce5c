//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule
import Synchronization

/// Spans on their way to the collector. Bounded: where there is no room, new ones are counted and dropped, so that whoever
/// is traced never waits.
package final class SpanBuffer: Sendable {
    /// The most spans held unless somebody says otherwise; each takes about a kilobyte.
    package static let standardCapacity = 8_192

    private let capacity: Int
    /// From so many on whoever takes them is to be woken.
    private let batchSize: Int
    private let spans = Mutex(Deque<Span>())

    /// Creates a buffer.
    package init(capacity: Int = standardCapacity, batchSize: Int) {
        self.capacity = capacity
        self.batchSize = batchSize
    }

    /// What came of adding spans.
    package struct Added: Sendable, Equatable {
        /// How many found no room.
        package var dropped = 0
        /// Whether whoever takes them has something to do: there is a first one, or a batch is full.
        package var isDue = false
    }

    /// Adds spans as far as there is room.
    package func add(_ new: [Span]) -> Added {
        spans.withLock { spans in
            let before = spans.count
            spans.append(contentsOf: new.prefix(capacity - before))
            return Added(
                dropped: new.count - (spans.count - before),
                isDue: before == 0 && !spans.isEmpty || before < batchSize && spans.count >= batchSize
            )
        }
    }

    /// Takes the oldest spans, at most `limit`.
    package func take(_ limit: Int) -> [Span] {
        spans.withLock { spans in
            let taken = Array(spans.prefix(limit))
            spans.removeFirst(taken.count)
            return taken
        }
    }

    /// How many there are.
    package var count: Int { spans.withLock(\.count) }
}
