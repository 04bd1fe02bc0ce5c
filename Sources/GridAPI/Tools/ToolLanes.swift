//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule
import Synchronization

/// Lets a few tools run at once; whoever comes when many wait already is told so.
final class ToolLanes: Sendable {
    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var free: Int
        var waiters: Deque<Waiter> = []
        var lastID = 0
    }

    private let depth: Int
    private let state: Mutex<State>

    /// Creates lanes.
    ///
    /// - Parameters:
    ///   - count: How many there are.
    ///   - waiting: How many may wait for one.
    init(count: Int, waiting: Int) {
        depth = waiting
        state = Mutex(State(free: count))
    }

    /// Runs `body` when it is its turn.
    ///
    /// - Throws: `WorkLanes.Busy`, `CancellationError` where the task is cancelled while it waits, or what `body` throws.
    func run<R: Sendable>(_ body: () async throws -> R) async throws -> R {
        try await enter()
        defer { leave() }
        return try await body()
    }

    private func enter() async throws {
        let id: Int? = try state.withLock { state in
            if state.free > 0 {
                state.free -= 1
                return nil
            }
            guard state.waiters.count < depth else { throw WorkLanes.Busy() }
            state.lastID += 1
            return state.lastID
        }
        guard let id else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isReady: Bool? = state.withLock { state in
                    // The handler below has run already, or will find the waiter once the lock is free.
                    if Task.isCancelled { return nil }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.waiters.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                switch isReady {
                case nil: continuation.resume(throwing: CancellationError())
                case true?: continuation.resume()
                case false?: break
                }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Hands the lane to whoever has waited longest.
    private func leave() {
        let next: Waiter? = state.withLock { state in
            if let waiter = state.waiters.popFirst() { return waiter }
            state.free += 1
            return nil
        }
        next?.continuation.resume()
    }
}
