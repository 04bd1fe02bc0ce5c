//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import Synchronization

/// A clock that stands still until a test sets it forward.
final class TestClock: Sendable {
    private let time = Mutex(WallClock.system.now)

    /// The clock as the runtime takes it.
    var wall: WallClock {
        WallClock { self.time.withLock(\.self) }
    }

    /// Sets the clock forward.
    func advance(milliseconds: Int64) {
        time.withLock { $0 = $0.adding(milliseconds: milliseconds) }
    }
}
