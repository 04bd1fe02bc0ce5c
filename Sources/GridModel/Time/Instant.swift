//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Deadlines and history are kept as instants; they are written and read as RFC 3339.
package struct Instant: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Milliseconds since the epoch.
    package let milliseconds: Int64

    /// Creates an instant from milliseconds since the epoch.
    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    /// The instant `milliseconds` later.
    package func adding(milliseconds: Int64) -> Instant {
        Instant(milliseconds: self.milliseconds &+ milliseconds)
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant as RFC 3339 in UTC with milliseconds, for instance `2026-11-23T08:46:32.120Z`.
    package var description: String {
        let day = CalendarDay(of: self, offsetMinutes: 0)
        let rest = milliseconds - day.daysSinceEpoch * 86_400_000
        let (hour, minute, second, fraction) =
            (rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60, rest % 1_000)
        return "\(day)T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2)).\(padded(fraction, 3))Z"
    }
}

func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
