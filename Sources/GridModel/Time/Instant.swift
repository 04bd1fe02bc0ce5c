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

    /// Returns the instant `milliseconds` later, or the last (first) one there is rather than one beyond the scale.
    package func adding(milliseconds: Int64) -> Instant {
        let (sum, overflow) = self.milliseconds.addingReportingOverflow(milliseconds)
        guard overflow else { return Instant(milliseconds: sum) }
        return Instant(milliseconds: milliseconds > 0 ? .max : .min)
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// The instant as RFC 3339 in UTC with milliseconds, for instance `2026-11-23T08:46:32.120Z`.
    ///
    /// Outside `writable` the year has more than four digits or a sign; such a text is for a log and is not read again.
    package var description: String {
        let day = CalendarDay(of: self, offsetMinutes: 0)
        let rest = milliseconds.floored(dividingBy: 86_400_000).remainder
        // Every message carries its time, so it is written in one go.
        let time = String(unsafeUninitializedCapacity: 14) { bytes in
            let fields = [(rest / 3_600_000, 2), (rest / 60_000 % 60, 2), (rest / 1_000 % 60, 2), (rest % 1_000, 3)]
            var end = 0
            for ((value, width), mark) in zip(fields, "T::.".utf8) {
                bytes[end] = mark
                var digits = value
                for index in (end + 1...end + width).reversed() {
                    bytes[index] = UInt8(0x30 + digits % 10)
                    digits /= 10
                }
                end += 1 + width
            }
            bytes[end] = UInt8(ascii: "Z")
            return end + 1
        }
        return day.description + time
    }
}
