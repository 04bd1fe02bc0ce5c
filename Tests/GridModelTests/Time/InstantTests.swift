//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("An instant")
struct InstantTests {
    @Test(
        "is read from RFC 3339 with any offset",
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.999Z", -1),
            ("2026-12-01T18:00:00+08:00", 1_796_119_200_000),
            ("2026-12-01t10:00:00z", 1_796_119_200_000), ("2026-12-01 10:00:00Z", 1_796_119_200_000),
            ("2026-12-01T00:00:00-10:00", 1_796_119_200_000), ("2026-12-01T10:00:00-00:00", 1_796_119_200_000),
            ("2026-12-01T10:00:00.1Z", 1_796_119_200_100), ("2026-12-01T10:00:00.0129999Z", 1_796_119_200_012),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("9999-12-31T23:59:59+23:59", 253_402_214_459_000),
        ] as [(String, Int64)]
    )
    func reads(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(
        "is not read from anything else",
        arguments: [
            "", "2026-12-01", "2026-12-01T10:00:00", "2026-12-01T10:00Z", "2026-12-01T10:00:00.Z",
            "2026-12-01T24:00:00Z",
            "2026-12-01T10:60:00Z", "2026-12-01T10:00:61Z", "2026-02-29T10:00:00Z", "2026-13-01T10:00:00Z",
            "2026-12-01T10:00:00+8:00", "2026-12-01T10:00:00+0800", "2026-12-01T10:00:00+24:00",
            "2026-12-01T10:00:00+08:60",
            "2026-12-01T10:00:00Z ", " 2026-12-01T10:00:00Z", "2026-12-01T10:00:00ZZ", "+2026-12-01T10:00:00Z",
            "2026-1-01T10:00:00Z", "２０２６-12-01T10:00:00Z", "2026-12-01T10:00:00,5Z", "20261201T100000Z", "1796119200",
        ]
    )
    func refuses(text: String) {
        #expect(Instant(rfc3339: text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Instant].self, from: JSONEncoder().encode([text]))
        }
    }

    @Test(
        "is not read where its year in UTC could not be written again with four digits",
        arguments: ["9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z", "0000-01-01T00:00:00+00:01"]
    )
    func refusesWhatItCannotWrite(text: String) {
        #expect(Instant(rfc3339: text) == nil)
    }

    @Test("is written in UTC with milliseconds")
    func writes() {
        #expect(Instant(milliseconds: 1_796_119_200_120).description == "2026-12-01T10:00:00.120Z")
        #expect(Instant(milliseconds: -1).description == "1969-12-31T23:59:59.999Z")
    }

    @Test("reads back what it writes and agrees with Foundation", arguments: SeededGenerator.seeds)
    func agreesWithFoundation(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for _ in 0..<3_000 {
            // 1900 to 2400.
            let instant = Instant(milliseconds: .random(in: -2_208_988_800_000..<13_601_088_000_000, using: &generator))
            #expect(Instant(rfc3339: instant.description) == instant)
            let seconds = (instant.milliseconds - (instant.milliseconds % 1_000 + 1_000) % 1_000) / 1_000
            let date = try format.parse(instant.description)
            #expect(Int64((date.timeIntervalSince1970 * 1_000).rounded()) == instant.milliseconds)
            let written = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
            #expect(Instant(rfc3339: written)?.milliseconds == seconds * 1_000)
            #expect(instant.description.prefix(19) == written.prefix(19))
        }
    }

    @Test("does not depend on the offset it is written with", arguments: SeededGenerator.seeds)
    func offsets(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            let instant = Instant(milliseconds: .random(in: 0...4_102_444_800_000, using: &generator))
            let minutes = Int64.random(in: -1_439...1_439, using: &generator)
            let local = instant.adding(milliseconds: minutes * 60_000).description.dropLast()
            let (hours, rest) = abs(minutes).quotientAndRemainder(dividingBy: 60)
            let offset = "\(minutes < 0 ? "-" : "+")\(hours < 10 ? "0" : "")\(hours):\(rest < 10 ? "0" : "")\(rest)"
            #expect(Instant(rfc3339: local + offset) == instant)
        }
    }

    @Test("never traps on damaged text", arguments: SeededGenerator.seeds)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10_000 {
            var bytes = Array("2026-12-01T18:00:00.123+08:00".utf8)
            for _ in 0...generator.index(below: 3) {
                bytes[generator.index(below: bytes.count)] = UInt8.random(in: 0x20...0x7e, using: &generator)
            }
            bytes.removeLast(generator.index(below: bytes.count))
            if let instant = Instant(rfc3339: String(decoding: bytes, as: UTF8.self)) {
                #expect(Instant(rfc3339: instant.description) == instant)
            }
        }
    }

    @Test("is written without a trap, and never wraps around, at the ends of the scale")
    func extremes() {
        let first = Instant(milliseconds: .min)
        let last = Instant(milliseconds: .max)
        #expect(first.adding(milliseconds: -1) == first)
        #expect(last.adding(milliseconds: 1) == last)
        #expect(last.adding(milliseconds: .min).milliseconds == -1)
        #expect(first.description == "-292275055-05-16T16:47:04.192Z")
        #expect(last.description == "292278994-08-17T07:12:55.807Z")
        #expect(CalendarDay(of: last, offsetMinutes: 480).description == "292278994-08-17")
    }

    @Test("sorts by time")
    func order() {
        #expect(Instant(milliseconds: -1) < Instant(milliseconds: 0))
        #expect(Instant(milliseconds: 1).adding(milliseconds: -2) == Instant(milliseconds: -1))
    }
}
