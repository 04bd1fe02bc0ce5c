//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@Suite("AMQPBackoff")
struct AMQPBackoffTests {
    @Test("Doubles up to its maximum")
    func doubles() {
        let backoff = AMQPBackoff(initial: .milliseconds(100), maximum: .seconds(1), jitter: 0)
        var random = SeededGenerator(1)
        let delays = (0...6).map { backoff.delay(afterFailures: $0, using: &random) }
        #expect(delays == [100, 100, 200, 400, 800, 1_000, 1_000].map { .milliseconds($0) })
        #expect(backoff.delay(afterFailures: .max, using: &random) == .seconds(1))
    }

    @Test("Leaves no more to chance than it was told to")
    func jitters() {
        let backoff = AMQPBackoff(initial: .seconds(1), maximum: .seconds(8), jitter: 0.25)
        var random = SeededGenerator(2)
        let delays = (0..<1_000).map { _ in backoff.delay(afterFailures: 4, using: &random) }
        #expect(delays.allSatisfy { $0 >= .seconds(6) && $0 <= .seconds(8) })
        #expect(Set(delays).count > 900)
    }
}
