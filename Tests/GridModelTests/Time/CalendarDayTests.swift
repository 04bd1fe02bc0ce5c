//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("A calendar day")
struct CalendarDayTests {
    private static func gregorian() throws -> Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        return calendar
    }

    @Test("agrees with Foundation's calendar on every day from 1900 to 2400")
    func agreesWithFoundation() throws {
        let calendar = try Self.gregorian()
        let first = try #require(CalendarDay(year: 1_900, month: 1, day: 1))
        let last = try #require(CalendarDay(year: 2_400, month: 12, day: 31))
        #expect(first.daysSinceEpoch == -25_567)
        var disagreements: [String] = []
        for number in first.daysSinceEpoch...last.daysSinceEpoch {
            let date = Date(timeIntervalSince1970: Double(number) * 86_400)
            let parts = calendar.dateComponents([.year, .month, .day], from: date)
            let day = CalendarDay(of: Instant(milliseconds: number * 86_400_000), offsetMinutes: 0)
            let components = day.components
            let same =
                components.year == Int64(parts.year ?? 0) && components.month == Int64(parts.month ?? 0)
                && components.day == Int64(parts.day ?? 0)
            let back = CalendarDay(year: components.year, month: components.month, day: components.day)
            if !same || back != day || day.daysSinceEpoch != number { disagreements.append("\(day)") }
        }
        #expect(disagreements == [])
    }

    @Test(
        "exists only where the calendar has one",
        arguments: [
            (2_026, 2, 29), (1_900, 2, 29), (2_100, 2, 29), (2_026, 4, 31), (2_026, 0, 1), (2_026, 13, 1),
            (2_026, 1, 0), (2_026, 1, 32), (2_026, -1, 1), (-1, 1, 1), (10_000, 1, 1), (Int64.max, 1, 1),
            (Int64.min, 3, 1),
        ] as [(Int64, Int64, Int64)]
    )
    func refuses(year: Int64, month: Int64, day: Int64) {
        #expect(CalendarDay(year: year, month: month, day: day) == nil)
    }

    @Test("has leap days by the rule of 4, 100 and 400", arguments: [0, 1_600, 2_000, 2_024, 2_028, 2_400] as [Int64])
    func leapDays(year: Int64) {
        #expect(CalendarDay(year: year, month: 2, day: 29) != nil)
    }

    @Test("begins at local midnight, whatever the offset")
    func localMidnight() throws {
        let lastMoment = try #require(Instant(rfc3339: "2026-11-23T15:59:59.999Z"))
        let china = CalendarDay.chinaOffsetMinutes
        #expect(CalendarDay(of: lastMoment, offsetMinutes: china).description == "2026-11-23")
        #expect(CalendarDay(of: lastMoment.adding(milliseconds: 1), offsetMinutes: china).description == "2026-11-24")
        #expect(CalendarDay(of: lastMoment, offsetMinutes: -960).description == "2026-11-22")
        #expect(CalendarDay(of: Instant(milliseconds: -1), offsetMinutes: 0).description == "1969-12-31")
    }

    @Test("is written with four, two and two digits")
    func writes() {
        #expect(CalendarDay(year: 2_026, month: 1, day: 2)?.description == "2026-01-02")
        #expect(CalendarDay(year: 2_026, month: 1, day: 2)?.compact == "20260102")
        #expect(CalendarDay(year: 987, month: 1, day: 2)?.compact == "09870102")
    }
}
