//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A day of the proleptic Gregorian calendar.
package struct CalendarDay: Hashable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01.
    package let daysSinceEpoch: Int64

    /// China keeps one time all over the country, eight hours ahead of UTC, without summer time since 1991.
    package static let chinaOffsetMinutes: Int64 = 480

    /// Creates the day an instant falls on where clocks are `offsetMinutes` ahead of UTC.
    package init(of instant: Instant, offsetMinutes: Int64) {
        let local = instant.adding(milliseconds: offsetMinutes * 60_000).milliseconds
        daysSinceEpoch = local.floored(dividingBy: 86_400_000).quotient
    }

    /// Creates a day; returns nil when the calendar has no such day or its year does not have four digits.
    package init?(year: Int64, month: Int64, day: Int64) {
        guard (0...9_999).contains(year), (1...12).contains(month), (1...31).contains(day) else { return nil }
        // Years begin in March here, so that the leap day is a year's last: the usual civil-from-days arithmetic, counted
        // in eras of 400 years (146,097 days). 1970-01-01 is day 719,468 of the era that began on 0000-03-01.
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.floored(dividingBy: 400)
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        daysSinceEpoch = era * 146_097 + dayOfEra - 719_468
        guard components == (year, month, day) else { return nil }
    }

    /// Year, month (1 to 12) and day of the month (1 to 31).
    package var components: (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).floored(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The day as `20261123`.
    package var compact: String {
        let (year, month, day) = components
        return year.padded(to: 4) + month.padded(to: 2) + day.padded(to: 2)
    }

    /// The day as `2026-11-23`.
    package var description: String {
        let (year, month, day) = components
        return "\(year.padded(to: 4))-\(month.padded(to: 2))-\(day.padded(to: 2))"
    }
}
