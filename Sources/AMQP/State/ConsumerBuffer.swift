//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import DequeModule
import Synchronization

/// Deliveries that have arrived and that nobody has taken yet.
///
/// Its size is bounded by the broker: no more arrive than the prefetch of its subscriptions, together, allows to be
/// unacknowledged. The connection's thread fills it, the consumer's tasks empty it.
final class ConsumerBuffer: Sendable {
    private enum End {
        /// No more will arrive; what is here may still be taken.
        case finished
        /// No more will arrive because of an error, which follows what is here.
        case failing(AMQPError)
        /// The channel is gone; what was here belongs to the broker again.
        case failed(AMQPError)
    }

    private struct Waiter {
        let id: UInt64
        let maximum: Int
        let continuation: CheckedContinuation<[AMQPDelivery]?, any Error>
    }

    private struct State {
        /// A ring, so that taking the first few moves them out and leaves the rest where it is.
        var deliveries: Deque<AMQPDelivery> = []
        var arrivedCount = 0
        var waiters: Deque<Waiter> = []
        var nextID: UInt64 = 0
        var end: End?

        /// What a task gets right now, or `nil` where it has to wait.
        mutating func take(_ maximum: Int) -> Result<[AMQPDelivery]?, any Error>? {
            if case .failed(let error) = end { return .failure(error) }
            if !deliveries.isEmpty {
                var batch: [AMQPDelivery] = []
                batch.reserveCapacity(min(maximum, deliveries.count))
                while batch.count < maximum, let delivery = deliveries.popFirst() { batch.append(delivery) }
                return .success(batch)
            }
            switch end {
            case .finished: return .success(nil)
            case .failing(let error), .failed(let error): return .failure(error)
            case nil: return nil
            }
        }
    }

    private let state = Mutex(State())

    /// How many deliveries have arrived, those counted that were taken.
    var arrivedCount: Int { state.withLock(\.arrivedCount) }

    /// Whether no more will arrive.
    var hasEnded: Bool { state.withLock { $0.end != nil } }

    /// Adds a delivery without waking anyone, which ``wake()`` does once for all that came together.
    ///
    /// - Returns: Whether it was taken; nobody takes what comes after the end.
    func append(_ delivery: AMQPDelivery) -> Bool {
        state.withLock { state in
            guard state.end == nil else { return false }
            state.deliveries.append(delivery)
            state.arrivedCount += 1
            return true
        }
    }

    /// Hands what is here to whoever waits.
    func wake() {
        while true {
            let ready: (Waiter, Result<[AMQPDelivery]?, any Error>)? = state.withLock { state in
                guard let waiter = state.waiters.first, let result = state.take(waiter.maximum) else { return nil }
                state.waiters.removeFirst()
                return (waiter, result)
            }
            guard let (waiter, result) = ready else { return }
            waiter.continuation.resume(with: result)
        }
    }

    /// Takes what has arrived, or waits until something has.
    ///
    /// - Parameter maximum: How many deliveries to take at most, at least 1.
    /// - Returns: At least one delivery, or `nil` where no more will come or the task was cancelled.
    func next(_ maximum: Int) async throws -> [AMQPDelivery]? {
        if Task.isCancelled { return nil }
        let (id, ready) = state.withLock { state in
            state.nextID += 1
            // Whoever came first is served first.
            return (state.nextID, state.waiters.isEmpty ? state.take(maximum) : nil)
        }
        if let ready { return try ready.get() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result: Result<[AMQPDelivery]?, any Error>? = state.withLock { state in
                    // The handler below has run already, or will find the waiter once the lock is free.
                    if Task.isCancelled { return .success(nil) }
                    if state.waiters.isEmpty, let result = state.take(maximum) { return result }
                    state.waiters.append(Waiter(id: id, maximum: maximum, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter: Waiter? = state.withLock { state in
                guard let index = state.waiters.firstIndex(where: { $0.id == id }) else { return nil }
                return state.waiters.remove(at: index)
            }
            waiter?.continuation.resume(returning: nil)
        }
    }

    /// Ends the sequence after what is here.
    func finish() {
        end(.finished)
    }

    /// Ends the sequence with an error after what is here, which can still be acknowledged.
    func failAfterRest(_ error: AMQPError) {
        end(.failing(error))
    }

    /// Ends the sequence at once, since what is here can no longer be acknowledged; silently where we closed the channel.
    func fail(_ error: AMQPError) {
        state.withLock { $0.deliveries = [] }
        end(error.code == .closed ? .finished : .failed(error))
    }

    private func end(_ end: End) {
        state.withLock { state in
            switch (state.end, end) {
            case (nil, _), (.finished, .failed), (.failing, .failed): state.end = end
            default: return
            }
        }
        wake()
    }
}
