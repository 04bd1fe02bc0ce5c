//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import Glibc
import Synchronization

/// Ends C calls that would otherwise hang, by shutting their socket down from another thread.
///
/// A send over TLS waits without a limit of its own when the broker stops reading, which it does whenever it is short of
/// memory or disk. A shutdown makes the call return an error. The watchdog holds a duplicate of the descriptor: the
/// library closes its own when it sees fit, and the number could by then belong to another connection.
final class Watchdog: Sendable {
    private struct State {
        var deadline: MonotonicTime?
        var isScheduled = false
        var hasFired = false
    }

    /// A queue of its own, which needs no thread of the pool that the calls it watches may be holding up.
    private static let queue = DispatchQueue(label: "amqp.watchdog")

    private let state = Mutex(State())
    private let socket: Int32
    private let limit: Duration

    /// Makes a watchdog.
    ///
    /// - Parameters:
    ///   - socket: The socket of the calls, of which the watchdog keeps a duplicate.
    ///   - limit: The longest that one call may take.
    init(socket: Int32, limit: Duration) {
        self.socket = fcntl(socket, F_DUPFD_CLOEXEC, 0)
        self.limit = limit
    }

    deinit {
        if socket >= 0 { close(socket) }
    }

    /// Whether a call was ended for having taken too long.
    var hasFired: Bool { state.withLock { $0.hasFired } }

    /// Makes a call that may block, and ends it when it exceeds the limit.
    func guarding<Result>(_ call: () -> Result) -> Result {
        let mustSchedule = state.withLock { state in
            state.deadline = .now + limit
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        // One timer serves all calls until it fires and finds nothing late, so that arming costs no system call.
        if mustSchedule { schedule(after: limit) }
        defer { state.withLock { $0.deadline = nil } }
        return call()
    }

    private func schedule(after delay: Duration) {
        let delay = DispatchTimeInterval.nanoseconds(Int(clamping: delay.inNanoseconds))
        Self.queue.asyncAfter(deadline: .now() + delay) { [weak self] in self?.check() }
    }

    private func check() {
        let now = MonotonicTime.now
        let remaining: Duration? = state.withLock { state in
            guard let deadline = state.deadline else {
                state.isScheduled = false
                return nil
            }
            if deadline > now { return deadline - now }
            state.hasFired = true
            // Under the lock, so that the call cannot end in between and a healthy socket be shut down.
            shutdown(socket, Int32(SHUT_RDWR))
            return nil
        }
        if let remaining { schedule(after: remaining) }
    }
}
