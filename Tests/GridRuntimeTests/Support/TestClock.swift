//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import Synchronization

/// The machine's clock, which a test can set forward.
final class TestClock: Sendable {
    private let offset = Mutex<Int64>(0)

    /// The clock as the runtime takes it.
    var wall: WallClock {
        WallClock { self.now }
    }

    /// The time now.
    var now: Instant {
        WallClock.system.now.adding(milliseconds: offset.withLock(\.self))
    }

    /// Sets the clock forward, or back.
    func advance(milliseconds: Int64) {
        offset.withLock { $0 += milliseconds }
    }
}
