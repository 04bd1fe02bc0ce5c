//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("When somebody is told")
struct PushTimingTests {
    private static let minute: Int64 = 60_000
    private static let day: Int64 = 86_400_000

    private static func clock(_ hours: Int64, _ minutes: Int64 = 0) -> Int64 { (hours * 60 + minutes) * minute }

    @Test("Quiet hours are read as they are written", arguments: ["22:00-07:00", "12:30-14:00", "00:00-23:59"])
    func reading(text: String) {
        #expect(QuietHours(text)?.description == text)
    }

    @Test(
        "What is no quiet hours is not read",
        arguments: [
            "", "22:00", "22-07", "24:00-07:00", "22:60-07:00", "7:00-08:00", "07:00-07:00", "-1:00-07:00", "a",
        ]
    )
    func notReading(text: String) {
        #expect(QuietHours(text) == nil)
    }

    @Test("A night is quiet across midnight, and ends when it says")
    func night() {
        let timing = PushTiming(quiet: QuietHours("22:00-07:00"))
        #expect(timing.wait(isUrgent: false, at: Self.clock(21, 59)) == 0)
        #expect(timing.wait(isUrgent: false, at: Self.clock(22)) == Self.clock(9))
        #expect(timing.wait(isUrgent: false, at: Self.clock(23, 59) + 59_999) == Self.clock(7) + 1)
        #expect(timing.wait(isUrgent: false, at: Self.clock(0)) == Self.clock(7))
        #expect(timing.wait(isUrgent: false, at: Self.clock(7) - 1) == 1)
        #expect(timing.wait(isUrgent: false, at: Self.clock(7)) == 0)
        #expect(timing.wait(isUrgent: true, at: Self.clock(3)) == 0)
    }

    @Test("Whatever the hours, nothing but what is urgent rings in quiet ones, and nothing waits for ever")
    func always() {
        var random = SplitMix64(seed: 42)
        for _ in 0..<20_000 {
            let (from, to) = (random.below(1_440), random.below(1_440))
            let digest = random.chance(50) ? 0 : 1 + random.below(1_440)
            let now = Int64(random.below(Int(Self.day)))
            let quiet = QuietHours(from: from, to: to)
            #expect((quiet == nil) == (from == to))
            let timing = PushTiming(quiet: quiet, digestMinutes: digest)
            #expect(timing.wait(isUrgent: true, at: now) == 0)
            let wait = timing.wait(isUrgent: false, at: now)
            let then = (now + wait) % Self.day
            #expect((0..<2 * Self.day).contains(wait))
            #expect(quiet?.minutesLeft(at: Int(then / Self.minute)) == nil, "\(from)-\(to), \(digest), \(now)")
            if digest > 0 {
                #expect(wait > 0)
                let isPeriod = then % (Int64(digest) * Self.minute) == 0
                #expect(isPeriod || then == Int64(to) * Self.minute)
            }
            if wait == 0 { #expect(digest == 0) }
        }
    }

    @Test("What happens in a period of a digest comes at its end, in one")
    func digest() {
        let timing = PushTiming(digestMinutes: 60)
        for minute in 0..<60 {
            let now = Self.clock(8, Int64(minute))
            #expect(now + timing.wait(isUrgent: false, at: now) == Self.clock(9))
        }
        // Of 7 hours the last period of a day is shorter.
        #expect(PushTiming(digestMinutes: 420).wait(isUrgent: false, at: Self.clock(22)) == Self.clock(2))
    }
}

@Suite("How often a push is tried, and how fast")
struct PushPatienceTests {
    @Test("Pauses grow to a cap, and the last attempt is the last")
    func pauses() {
        let pauses = (1...PushPatience.attempts).map(PushPatience.pause)
        #expect(pauses == [10_000, 30_000, 90_000, 270_000, 810_000, 2_430_000, 3_600_000, nil])
        #expect(PushPatience.pause(after: 1_000) == nil)
        let sum = pauses.compactMap(\.self).reduce(0, +)
        #expect(sum < PushPatience.longestWait)
    }

    @Test("A way that fails again and again is rested longer each time, ten minutes at most")
    func rests() {
        let rests = (0...1_000).map(PushPatience.rest)
        #expect(Array(rests.prefix(5)) == [0, 10_000, 20_000, 40_000, 80_000])
        #expect(rests == rests.sorted())
        #expect(rests.last == 600_000)
    }

    @Test("No minute ever sees more than twenty, however they are asked for", arguments: SeededGenerator.seeds)
    func window(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var turns: [Instant] = []
        var now = SampleGrid.morning
        for _ in 0..<2_000 {
            if let next = RateWindow.robot.nextTurn(after: turns, now: now) {
                #expect(next > now)
                // Asking a moment before is in vain; at that time it goes.
                let before = next.adding(milliseconds: -1)
                #expect(before <= now || RateWindow.robot.nextTurn(after: turns, now: before) != nil)
                now = next
            }
            #expect(RateWindow.robot.nextTurn(after: turns, now: now) == nil)
            turns.append(now)
            now = now.adding(milliseconds: Int64(random.below(random.chance(50) ? 10 : 5_000)))
        }
        for (first, last) in zip(turns, turns.dropFirst(20)) {
            #expect(last.milliseconds - first.milliseconds >= 60_000)
        }
    }
}
