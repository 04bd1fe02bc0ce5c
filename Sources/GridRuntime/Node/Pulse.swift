//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// When this process was last seen to be at work on its connection to the broker: a message to itself came back while it
/// handled what it held, or an attempt to connect ended. Who has no pulse any more hangs, and only another process can help.
package final class Pulse: Sendable {
    private let last = Mutex(ContinuousClock.now)

    /// Creates a pulse that has just beaten.
    package init() {}

    /// Tells that the process is at work.
    package func beat() {
        last.withLock { $0 = .now }
    }

    /// How long ago it beat.
    package var age: Duration { .now - last.withLock(\.self) }
}
