//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("Workers that follow a policy, damped")
struct AutoscaleStateTests {
    private static let policy = AutoscalePolicy(.queueLength, value: 20, minimum: 1, maximum: 20)

    private static func at(_ seconds: Int64) -> Instant { Instant(milliseconds: seconds * 1_000) }

    private static func lengths(_ messages: Int) -> AutoscaleSample { AutoscaleSample(messages: messages) }

    @Test("They grow by as many as there are, or by four, once in fifteen seconds")
    func steps() {
        var state = AutoscaleState(workers: 1, at: Self.at(0))
        var seen: [Int] = []
        for seconds in stride(from: Int64(0), through: 60, by: 5) {
            let decision = state.decide(by: Self.policy, Self.lengths(400), at: Self.at(seconds))
            #expect((decision != nil) == (seconds <= 45 && seconds % 15 == 0 && seen.last != 20))
            seen.append(state.workers)
        }
        #expect(seen == [5, 5, 5, 10, 10, 10, 20, 20, 20, 20, 20, 20, 20])
    }

    @Test("They are taken away when five minutes asked for fewer, down to the most that those asked for")
    func lowering() {
        var state = AutoscaleState(workers: 5, at: Self.at(0))
        #expect(state.decide(by: Self.policy, Self.lengths(0), at: Self.at(5)) == nil)
        #expect(state.decide(by: Self.policy, Self.lengths(60), at: Self.at(200)) == nil)
        for seconds in stride(from: Int64(205), to: 300, by: 5) {
            #expect(state.decide(by: Self.policy, Self.lengths(0), at: Self.at(seconds)) == nil)
        }
        let three = state.decide(by: Self.policy, Self.lengths(0), at: Self.at(300))
        #expect(three?.workers == 3)
        #expect(three?.reason == "0 messages wait, 20 for each worker; no more than 3 were wanted for 5 minutes")
        #expect(state.decide(by: Self.policy, Self.lengths(0), at: Self.at(499)) == nil)
        #expect(state.decide(by: Self.policy, Self.lengths(0), at: Self.at(500))?.workers == 1)
    }

    @Test("Under a load that swings within five minutes they rise once and stay")
    func oscillating() {
        for period in [Int64(10), 60, 240] {
            var state = AutoscaleState(workers: 1, at: Self.at(0))
            var decisions: [Int] = []
            for seconds in stride(from: Int64(0), to: 7_200, by: 5) {
                let messages = seconds % period < period / 2 ? 160 : 0
                if let decision = state.decide(by: Self.policy, Self.lengths(messages), at: Self.at(seconds)) {
                    decisions.append(decision.workers)
                }
            }
            #expect(decisions == [5, 8], "every \(period) s")
        }
    }

    @Test("A mailbox that may have none gets its first at once, and loses its last after five minutes without work")
    func sleep() {
        var policy = Self.policy
        (policy.minimum, policy.activationValue) = (0, 3)
        var state = AutoscaleState(workers: 0, at: Self.at(0))
        #expect(state.decide(by: policy, Self.lengths(3), at: Self.at(5)) == nil)
        #expect(state.decide(by: policy, Self.lengths(100), at: Self.at(10))?.workers == 1)
        #expect(state.decide(by: policy, Self.lengths(100), at: Self.at(20)) == nil)
        #expect(state.decide(by: policy, Self.lengths(100), at: Self.at(25))?.workers == 5)
        for seconds in stride(from: Int64(30), to: 325, by: 5) {
            #expect(state.decide(by: policy, Self.lengths(3), at: Self.at(seconds)) == nil)
        }
        #expect(state.decide(by: policy, Self.lengths(3), at: Self.at(325))?.workers == 0)
        // Woken again straight after the last step.
        #expect(state.decide(by: policy, Self.lengths(4), at: Self.at(326))?.workers == 1)
    }

    @Test("Other bounds hold at once")
    func bounds() {
        var state = AutoscaleState(workers: 9, at: Self.at(0))
        let narrow = AutoscalePolicy(.queueLength, value: 20, minimum: 2, maximum: 4)
        let decision = state.decide(by: narrow, Self.lengths(500), at: Self.at(1))
        #expect(decision?.workers == 4 && decision?.reason == "the policy allows 2 to 4")
        #expect(state.decide(by: narrow, Self.lengths(500), at: Self.at(2)) == nil)
    }

    @Test("A clock that was set back keeps nothing waiting")
    func clockSetBack() {
        var state = AutoscaleState(workers: 1, at: Self.at(10_000))
        #expect(state.decide(by: Self.policy, Self.lengths(400), at: Self.at(10_000))?.workers == 5)
        #expect(state.decide(by: Self.policy, Self.lengths(400), at: Self.at(1_000))?.workers == 10)
        #expect(state.decide(by: Self.policy, Self.lengths(0), at: Self.at(1_005)) == nil)
        #expect(state.decide(by: Self.policy, Self.lengths(0), at: Self.at(1_300))?.workers == 1)
    }

    @Test("Whatever is measured, bounds hold, steps are small, and nothing is taken away too soon", arguments: seeds)
    func properties(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<60 {
            let maximum = 1 + random.index(below: 64)
            let policy = AutoscalePolicy(
                .queueLength,
                value: Double(1 + random.index(below: 50)),
                activationValue: Double(random.index(below: 10)),
                minimum: random.index(below: maximum + 1),
                maximum: maximum
            )
            Self.check(policy, &random, "seed \(seed), \(policy)")
        }
    }

    private static let seeds = SeededGenerator.seeds

    private static func check(_ policy: AutoscalePolicy, _ random: inout SeededGenerator, _ what: Comment) {
        var state = AutoscaleState(workers: policy.bounded(nil), at: at(0))
        var (seconds, raisedAt): (Int64, Int64) = (0, -100)
        var wanted: [(Int64, Int)] = [(0, state.workers)]
        for _ in 0..<300 {
            seconds += 1 + Int64(random.index(below: 20))
            let (sample, before) = (lengths(random.index(below: 1_000)), state.workers)
            let decision = state.decide(by: policy, sample, at: at(seconds))
            let after = state.workers
            #expect((policy.minimum...policy.maximum).contains(after), what)
            #expect(decision?.workers ?? before == after && decision?.workers != before, what)
            let demand = AutoscaleDemand(of: policy, sample, current: before)
            let asked =
                policy.minimum == 0 && !demand.isActive
                ? 0 : min(max(before == 0 ? 0 : demand.workers ?? before, policy.fewest), policy.maximum)
            wanted.append((seconds, asked))
            if after > before {
                #expect(after <= asked && (before == 0 || after <= max(2 * before, before + 4)), what)
                #expect(seconds - raisedAt >= 15, what)
                raisedAt = seconds
            } else if after < before {
                let most = wanted.filter { seconds - $0.0 < 300 }.map(\.1).max()
                #expect(after == most, what)
            }
        }
        // A load that stays is followed to its end, and then nothing changes any more.
        let messages = random.index(below: 1_000)
        var last = state.workers
        for round in 0..<200 {
            seconds += 15
            let decision = state.decide(by: policy, lengths(messages), at: at(seconds))
            if round > 60 { #expect(decision == nil, what) }
            last = state.workers
        }
        let aim = min(max((messages + Int(policy.value) - 1) / Int(policy.value), policy.minimum), policy.maximum)
        #expect(abs(Double(last) - Double(aim)) <= max(1, 0.12 * Double(aim)), what)
    }
}
