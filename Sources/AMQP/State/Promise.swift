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

    /// Waits for the result; one task may do so.
    ///
    /// - Parameter endsOnCancellation: Whether cancelling the task ends the wait, with `CancellationError`. Without it the
    ///   wait relies on the deadline that every request has.
    func value(endsOnCancellation: Bool = true) async throws -> Value {
        if !endsOnCancellation { return try await wait() }
        return try await withTaskCancellationHandler {
            try await wait()
        } onCancel: {
            fulfil(.failure(CancellationError()))
        }
    }

    private func wait() async throws -> Value {
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
