//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How often a push is tried, and when it is given up.
package enum PushPatience {
    /// How often a push is tried at most.
    package static let attempts = 8
    /// The longest pause between two attempts, in milliseconds.
    package static let longestPause: Int64 = 3_600_000
    /// After how long what happened is no news, and is given up untried, in milliseconds. Longer than the longest digest and
    /// quiet hours together.
    package static let longestWait: Int64 = 3 * 86_400_000

    private static let firstPause: Int64 = 10_000

    /// How long to wait after an attempt in vain: 10 s, then three times as long each time, an hour at most; nil when it was
    /// the last one.
    ///
    /// - Parameter attempts: How many were made.
    package static func pause(after attempts: Int) -> Int64? {
        guard attempts < self.attempts else { return nil }
        return (1..<max(1, attempts)).reduce(firstPause) { pause, _ in min(longestPause, pause * 3) }
    }

    /// How long a receiver is left alone that failed so many times in a row, in milliseconds: 10 s, then twice as long each
    /// time, ten minutes at most. What waits for it is not worn out meanwhile; the first attempt after it finds out for all.
    ///
    /// - Parameter failures: How many in a row.
    package static func rest(after failures: Int) -> Int64 {
        guard failures > 0 else { return 0 }
        return (1..<min(failures, 12)).reduce(firstPause) { rest, _ in min(600_000, rest * 2) }
    }
}

/// How many messages a receiver takes in a time: WeCom's group robots take 20 a minute.
package struct RateWindow: Hashable, Sendable {
    /// What a group robot takes. A second more than its minute, because what is counted here is when a message sets out.
    package static let robot = RateWindow(count: 20, milliseconds: 61_000)

    /// How many messages.
    package let count: Int
    /// In how long, in milliseconds.
    package let milliseconds: Int64

    /// When the next message may go.
    ///
    /// - Parameters:
    ///   - turns: When messages went, in any order.
    ///   - now: The time now.
    /// - Returns: nil when it may go at once.
    package func nextTurn(after turns: [Instant], now: Instant) -> Instant? {
        let counted = turns.filter { self.counts($0, now: now) }.sorted()
        guard counted.count >= count else { return nil }
        return counted[counted.count - count].adding(milliseconds: milliseconds)
    }

    /// Whether a message still counts. One that seems to go in a future further than the window went before the clock was
    /// put back.
    private func counts(_ turn: Instant, now: Instant) -> Bool {
        abs(now.milliseconds - turn.milliseconds) < milliseconds
    }
}
