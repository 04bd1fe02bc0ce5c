//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// Where whoever finds that the broker lost something tells the reconciler.
package final class ReconcileSignal: Sendable {
    private let forgot = Mutex(false)
    private let signal = Signal()

    /// Creates a signal.
    package init() {}

    /// Tells that the broker lost a queue, or everything: pages are compared as soon as it can be reached.
    package func brokerForgot() {
        forgot.withLock { $0 = true }
        signal.notify()
    }

    /// Whether the broker lost something since this was last asked.
    func takeForgot() -> Bool {
        forgot.withLock { forgot in
            defer { forgot = false }
            return forgot
        }
    }

    /// Waits until something was lost, at most `limit`; returns early when the task is cancelled. One task waits.
    func wait(atMost limit: Duration) async {
        await signal.wait(atMost: limit)
    }
}
