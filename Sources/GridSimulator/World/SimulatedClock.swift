//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import Synchronization

/// A machine's wall clock, set by the simulation alone.
final class SimulatedClock: Sendable {
    private let milliseconds: Atomic<Int64>

    init(at instant: Instant) {
        milliseconds = Atomic(instant.milliseconds)
    }

    var now: Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }

    /// The clock as the product reads it.
    var wall: WallClock { WallClock { self.now } }

    /// Sets the clock forward, or back by a negative number.
    func move(by change: Int64) {
        milliseconds.store(now.adding(milliseconds: change).milliseconds, ordering: .relaxed)
    }
}
