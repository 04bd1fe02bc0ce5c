//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("A deadline")
struct DeadlineTests {
    private let issue = Instant(milliseconds: 1_795_000_000_000)

    @Test(
        "is so long after the issue when it is a duration",
        arguments: [
            ("P14D", 14 * 86_400), ("PT48H", 48 * 3_600), ("P2DT3H4M5S", 2 * 86_400 + 3 * 3_600 + 4 * 60 + 5),
            ("PT90M", 90 * 60), ("PT1S", 1), ("P0D", 0), ("P007D", 7 * 86_400), ("PT1H5S", 3_605),
            ("P3660D", 3_660 * 86_400),
            ("PT316224000S", 316_224_000),
        ] as [(String, Int64)]
    )
    func durations(text: String, seconds: Int64) {
        #expect(Deadline(text) == .after(milliseconds: seconds * 1_000))
        #expect(Deadline(text)?.instant(from: issue) == issue.adding(milliseconds: seconds * 1_000))
    }

    @Test("is that instant when it is one")
    func instants() throws {
        let instant = try #require(Instant(rfc3339: "2026-12-01T18:00:00+08:00"))
        #expect(Deadline("2026-12-01T18:00:00+08:00") == .at(instant))
        #expect(Deadline.at(instant).instant(from: issue) == instant)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", "P", "PT", "P1", "1D", "P1DT", "PD", "PT1", "P1H", "PT1D", "P1Y", "P1M", "P1W", "P1.5D", "P-1D", "-P1D",
            "+P1D", "p1d", "P1D ", " P1D", "P1DT1M1H", "PT1S1M", "PT1H1H", "P1DT1HT1M", "P１D", "P1D1D", "P3661D",
            "PT316224001S", "P3660DT1S", "P99999999999999999999D", "PT00000000000000000000000000000001S", "tomorrow",
            "2026-12-01",
        ]
    )
    func refuses(text: String) {
        #expect(Deadline(text) == nil)
    }

    @Test("reads back what it writes, up to the longest duration", arguments: SeededGenerator.seeds)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var deadlines: [Deadline] = [.after(milliseconds: 3_660 * 86_400_000), .after(milliseconds: 0)]
        for _ in 0..<1_000 {
            deadlines.append(.after(milliseconds: .random(in: 0...3_660 * 86_400, using: &generator) * 1_000))
            deadlines.append(.at(Instant(milliseconds: .random(in: 0...4_102_444_800_000, using: &generator))))
        }
        #expect(try JSONDecoder().decode([Deadline].self, from: JSONEncoder().encode(deadlines)) == deadlines)
    }

    @Test("never traps on arbitrary text", arguments: SeededGenerator.seeds)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<10_000 {
            let text = "P" + generator.text("TDHMS0123456789999", length: 0...24)
            guard case .after(let milliseconds) = Deadline(text) else { continue }
            #expect((0...3_660 * 86_400_000).contains(milliseconds), "\(text)")
        }
    }

    @Test("tells how it is written when JSON holds something else")
    func json() {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Deadline].self, from: Data(#"["soon"]"#.utf8))
        }
        #expect(error.map(String.init(describing:))?.contains("P14D") == true)
    }
}
