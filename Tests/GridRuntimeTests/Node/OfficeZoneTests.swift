//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import Testing

@Suite("The office's time zone")
struct OfficeZoneTests {
    @Test("China's needs no table and is the same by its name")
    func china() throws {
        let named = try #require(OfficeZone("Asia/Shanghai"))
        let midnight = try #require(Instant(rfc3339: "2026-11-23T16:00:00Z"))
        for zone in [OfficeZone.china, named] {
            #expect(zone.day(of: midnight).description == "2026-11-24")
            #expect(zone.day(of: midnight.adding(milliseconds: -1)).description == "2026-11-23")
            #expect(zone.timeOfDay(at: midnight) == 0)
            #expect(zone.timeOfDay(at: midnight.adding(milliseconds: -1)) == 86_399_999)
            #expect(zone.end(of: zone.day(of: midnight)) == Instant(rfc3339: "2026-11-24T15:59:00Z"))
        }
    }

    @Test(
        "A day ends by the office's clocks, also when they are changed in it",
        arguments: [
            ("Asia/Urumqi", "2026-11-24", "2026-11-24T17:59:00Z"),
            ("Asia/Kathmandu", "2026-11-24", "2026-11-24T18:14:00Z"),
            ("America/New_York", "2026-11-24", "2026-11-25T04:59:00Z"),
            // Summer time begins, and ends, at one in the morning UTC.
            ("Europe/Berlin", "2026-03-28", "2026-03-28T22:59:00Z"),
            ("Europe/Berlin", "2026-03-29", "2026-03-29T21:59:00Z"),
            ("Europe/Berlin", "2026-10-24", "2026-10-24T21:59:00Z"),
            ("Europe/Berlin", "2026-10-25", "2026-10-25T22:59:00Z"),
        ]
    )
    func ends(name: String, day: String, end: String) throws {
        let zone = try #require(OfficeZone(name))
        let parts = day.split(separator: "-").compactMap { Int64($0) }
        let date = try #require(CalendarDay(year: parts[0], month: parts[1], day: parts[2]))
        #expect(zone.end(of: date) == Instant(rfc3339: end))
        #expect(zone.day(of: zone.end(of: date)) == date)
        #expect(zone.timeOfDay(at: zone.end(of: date)) == 86_340_000)
    }

    @Test("A name that is none is refused", arguments: ["", "Mars/Phobos", "Asia/", "China"])
    func unknown(name: String) {
        #expect(OfficeZone(name) == nil)
    }
}
