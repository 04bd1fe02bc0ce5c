//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// A result that one task waits for and another thread provides.
///
/// The first of result and cancellation wins; whatever comes later is dropped, so no continuation is lost or used twice.
final class Promise<Value: Sendable>: Sendable {
    private enum State {
        case empty
        case waiting(CheckedContinuation<Value, any Error>)
        case done(Result<Value, any Error>)
    }

    private let state = Mutex(State.empty)

    /// Provides the result.
    func fulfil(_ result: Result<Value, any Error>) {
        let continuation: CheckedContinuation<Value, any Error>? = state.withLock { state in
            switch state {
            case .empty:
                state = .done(result)
                return nil
            case .waiting(let continuation):
                state = .done(result)
                return continuation
            case .done:
                return nil
            }
        }
        continuation?.resume(with: result)
    }

    /// Waits for the result; one task may do so. Cancelling it ends the wait with `CancellationError`.
    var value: Value {
        get async throws {
            try await withTaskCancellationHandler {
                try await uncancelledValue
            } onCancel: {
                fulfil(.failure(CancellationError()))
            }
        }
    }

    /// Waits for the result whether the task is cancelled or not; the deadline that every request has bounds the wait.
    var uncancelledValue: Value {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<Value, any Error>? = state.withLock { state in
                    if case .done(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        }
    }
}
