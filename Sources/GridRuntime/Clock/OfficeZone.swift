//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
package import GridModel

/// The time zone by whose clocks an office works: times are shown and days are reckoned in it.
///
/// Case numbers are not: their day is always China's, since every process that gives one has to reckon the same.
package struct OfficeZone: Sendable, Hashable {
    private static let day: Int64 = 86_400_000

    /// The zone of China, which needs no table of zones.
    package static let china = OfficeZone(zone: nil)

    /// Nil stands for China's.
    private let zone: TimeZone?

    private init(zone: TimeZone?) {
        self.zone = zone
    }

    /// Finds the zone of a name of the IANA time zone database, such as `Asia/Urumqi`; nil where this machine knows none.
    package init?(_ name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        self.zone = zone
    }

    /// What the office's clocks show, as the instant at which those of Greenwich show the same.
    package func reading(at instant: Instant) -> Instant {
        instant.adding(milliseconds: offset(at: instant))
    }

    /// The day it is in the office.
    package func day(of instant: Instant) -> CalendarDay {
        CalendarDay(of: reading(at: instant), offsetMinutes: 0)
    }

    /// How far the office's clocks stand into their day, in milliseconds.
    package func timeOfDay(at instant: Instant) -> Int64 {
        let reading = reading(at: instant).milliseconds
        return (reading % Self.day + Self.day) % Self.day
    }

    /// The last minute of a day.
    package func end(of day: CalendarDay) -> Instant { instant(on: day, at: Self.day - 60_000) }

    /// When the office's clocks show a time of a day; a time about then where they show it never, or twice.
    ///
    /// - Parameter time: How far they stand into the day, in milliseconds.
    package func instant(on day: CalendarDay, at time: Int64) -> Instant {
        let reading = Instant(milliseconds: day.daysSinceEpoch * Self.day + time)
        // The offset at about that time, then the one at that time: clocks change once in a night.
        let near = reading.adding(milliseconds: -offset(at: reading))
        return reading.adding(milliseconds: -offset(at: near))
    }

    /// How far the office's clocks are before those of Greenwich, in minutes.
    package func offsetMinutes(at instant: Instant) -> Int64 { offset(at: instant) / 60_000 }

    /// How far the office's clocks are before those of Greenwich, in milliseconds.
    private func offset(at instant: Instant) -> Int64 {
        guard let zone else { return CalendarDay.chinaOffsetMinutes * 60_000 }
        let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
        return Int64(zone.secondsFromGMT(for: date)) * 1_000
    }
}
