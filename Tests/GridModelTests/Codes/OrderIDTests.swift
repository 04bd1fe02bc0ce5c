//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("A case number")
struct OrderIDTests {
    @Test("names the issuer, the day and the number of the day")
    func forms() throws {
        let issuer = try #require(UnitCode("310105002"))
        let day = try #require(CalendarDay(year: 2026, month: 11, day: 23))
        #expect(OrderID(issuer: issuer, day: day, number: 7).text == "310105002-20261123-0007")
        #expect(OrderID(issuer: issuer, day: day, number: 9_999).text == "310105002-20261123-9999")
        #expect(OrderID(issuer: issuer, day: day, number: 123_456).description == "310105002-20261123-123456")
    }

    @Test(
        "is refused when it has another form",
        arguments: [
            "", "-", "--", "310105002", "310105002-20261123", "310105002-20261123-", "310105002-20261123-007",
            "310105002-20261123-0000007", "310105002-2026112-0007", "-20261123-0007", "310105002-20261123-0007-1",
            "310105002-20261123-0007 ", "310105002-20261123-000x", "310105002015001010011-20261123-0007",
            "310105002–20261123–0007", "310105002-20261123-０００７", "310105002-20261123-0007.1",
        ]
    )
    func refuses(text: String) {
        #expect(OrderID(text) == nil)
    }

    @Test("reads back every number it makes", arguments: SeededGenerator.seeds)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let issuer = try #require(UnitCode(generator.text("0123456789", length: 1...20)))
            let now = Instant(milliseconds: .random(in: 0...4_102_444_800_000, using: &generator))
            let day = CalendarDay(of: now, offsetMinutes: CalendarDay.chinaOffsetMinutes)
            let id = OrderID(issuer: issuer, day: day, number: .random(in: 1...999_999, using: &generator))
            #expect(OrderID(id.text) == id)
            #expect(try JSONDecoder().decode([OrderID].self, from: JSONEncoder().encode([id])) == [id])
        }
    }

    @Test("leaves out what may have been given before an older file was put back: the more the later in the day")
    func takenBefore() throws {
        let day = try #require(CalendarDay(year: 2026, month: 11, day: 23))
        let (before, after) = try (
            #require(CalendarDay(year: 2026, month: 11, day: 22)), #require(CalendarDay(year: 2026, month: 11, day: 24))
        )
        let (midnight, morning, evening) = try (
            #require(Instant(rfc3339: "2026-11-23T00:00:00+08:00")),
            #require(Instant(rfc3339: "2026-11-23T09:00:00+08:00")),
            #require(Instant(rfc3339: "2026-11-23T23:59:59.999+08:00"))
        )
        #expect(OrderID.lastNumber(of: day, takenBefore: midnight) == 10_000)
        #expect(OrderID.lastNumber(of: day, takenBefore: morning) == 10_000 + 9 * 3_600 * 10)
        let last = OrderID.lastNumber(of: day, takenBefore: evening)
        #expect(last == 873_999 && last < OrderID.highestNumber)
        #expect(OrderID.lastNumber(of: after, takenBefore: evening) == 0)
        // A clock that was set back over midnight.
        #expect(OrderID.lastNumber(of: before, takenBefore: morning) == 10_000 + 9 * 3_600 * 10)
        let minuteLater = morning.adding(milliseconds: 60_000)
        #expect(OrderID.lastNumber(of: day, takenBefore: minuteLater) == 10_000 + 9 * 3_600 * 10 + 600)
    }

    @Test("is refused in JSON with a sentence")
    func json() {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([OrderID].self, from: Data(#"["7"]"#.utf8))
        }
        #expect(error.map(String.init(describing:))?.contains("case number") == true)
    }
}
