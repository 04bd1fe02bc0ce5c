//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// A moment on the clock that only ever moves forward, in nanoseconds.
///
/// The standard library's clocks give the same reading at several times the price, and this one is read for every batch.
struct MonotonicTime: Comparable, Sendable {
    var nanoseconds: Int64

    /// A moment that never comes.
    static let distantFuture = MonotonicTime(nanoseconds: .max)

    /// The present.
    static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool { left.nanoseconds < right.nanoseconds }

    /// A later moment; what is too far away to be counted never comes.
    static func + (time: MonotonicTime, duration: Duration) -> MonotonicTime {
        let (sum, overflow) = time.nanoseconds.addingReportingOverflow(duration.inNanoseconds)
        return overflow ? .distantFuture : MonotonicTime(nanoseconds: sum)
    }

    /// The time that has passed between two moments.
    static func - (end: MonotonicTime, start: MonotonicTime) -> Duration {
        .nanoseconds(end.nanoseconds - start.nanoseconds)
    }
}

extension Duration {
    /// The duration in nanoseconds, at most what a 64-bit number holds.
    var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, tooMuch) = product.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflow || tooMuch ? (seconds < 0 ? .min : .max) : sum
    }

    /// The duration as C's pair of seconds and microseconds.
    var inTimeval: timeval {
        let microseconds = max(0, inNanoseconds / 1_000)
        return timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    }
}
