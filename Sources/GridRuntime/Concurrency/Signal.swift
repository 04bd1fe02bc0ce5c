//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// Wakes one waiting task; signals that come while nobody waits are remembered as one.
///
/// Not an `AsyncStream`, whose iteration ends for good when one waiting task is cancelled.
package final class Signal: Sendable {
    private struct State {
        var isPending = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// Creates a signal.
    package init() {}

    /// Wakes the waiting task, or the next one to wait.
    package func notify() {
        let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard let waiter = state.waiter else {
                state.isPending = true
                return nil
            }
            state.waiter = nil
            return waiter
        }
        waiter?.resume()
    }

    /// Waits for a signal; returns early when the task is cancelled. One task waits at a time.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    precondition(state.waiter == nil, "One task waits for a signal at a time")
                    // The mark of cancellation is set before the handler below runs, so one of the two sees it.
                    if state.isPending || Task.isCancelled {
                        state.isPending = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }

    /// Waits for a signal, at most `limit`; returns early when the task is cancelled.
    package func wait(atMost limit: Duration) async {
        await GridRuntime.atMost(limit) { await self.wait() }
    }
}
