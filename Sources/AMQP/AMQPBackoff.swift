//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How long to wait between attempts: longer each time, up to a limit, and never quite the same.
public struct AMQPBackoff: Sendable, Equatable {
    /// The wait after the first failure (default: 100 ms).
    public var initial: Duration
    /// The longest wait (default: 5 s).
    public var maximum: Duration
    /// The share of each wait that is left to chance, 0...1 (default: 0.5), so that those who lost the broker together do
    /// not come back together.
    public var jitter: Double

    /// Makes a back-off.
    public init(
        initial: Duration = .milliseconds(100),
        maximum: Duration = .seconds(5),
        jitter: Double = 0.5
    ) {
        self.initial = initial
        self.maximum = maximum
        self.jitter = jitter
    }

    /// The wait before the next attempt: `initial` doubled for every failure after the first, at most `maximum`, less a
    /// random part of at most `jitter` of it.
    ///
    /// - Parameters:
    ///   - failures: How many attempts have failed in a row, at least 1.
    ///   - generator: The source of chance.
    public func delay(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        // Past thirty doublings a wait is at its maximum whatever it began with, and shifting further would overflow.
        let doublings = min(max(failures - 1, 0), 30)
        let full = min(initial * (1 << doublings), maximum)
        return full * (1 - Double.random(in: 0...1, using: &generator) * min(max(jitter, 0), 1))
    }
}
