//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// A number that only grows, and tasks that wait until it has grown past a mark.
package final class Threshold: Sendable {
    private struct State {
        var value: Int
        var nextID = 0
        var waiters: [Int: (mark: Int, continuation: CheckedContinuation<Void, Never>)] = [:]
    }

    private let state: Mutex<State>

    /// Creates a threshold that starts at `value`.
    package init(_ value: Int = 0) {
        state = Mutex(State(value: value))
    }

    /// The number now.
    package var value: Int { state.withLock(\.value) }

    /// Raises the number; a lower one changes nothing.
    package func raise(to value: Int) {
        let released = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            state.value = max(state.value, value)
            let ready = state.waiters.filter { $0.value.mark < state.value }
            for id in ready.keys { state.waiters[id] = nil }
            return ready.values.map(\.continuation)
        }
        for continuation in released { continuation.resume() }
    }

    /// Waits until the number is above `mark`; returns early when the task is cancelled.
    package func wait(above mark: Int) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isDone = state.withLock { state in
                    // The mark of cancellation is set before the handler below runs, so one of the two sees it.
                    if state.value > mark || Task.isCancelled { return true }
                    state.waiters[id] = (mark, continuation)
                    return false
                }
                if isDone { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter?.continuation.resume()
        }
    }
}
