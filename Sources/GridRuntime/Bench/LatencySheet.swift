//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Synchronization

/// When each of some numbered messages was sent, and how long it then took.
final class LatencySheet: Sendable {
    private struct State {
        var sent: [ContinuousClock.Instant?]
        var took: [Duration?]
        var missing: Int
    }

    private let state: Mutex<State>

    /// Creates a sheet for messages numbered from 0.
    init(count: Int) {
        let nothing = State(
            sent: Array(repeating: nil, count: count),
            took: Array(repeating: nil, count: count),
            missing: count
        )
        state = Mutex(nothing)
    }

    /// Whether all have arrived.
    var isComplete: Bool { state.withLock { $0.missing == 0 } }

    /// Notes that messages are about to be sent.
    func send(_ numbers: Range<Int>, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            for number in numbers { state.sent[number] = now }
        }
    }

    /// Notes that a message has arrived; the first time counts.
    func arrive(_ number: Int, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            guard let sent = state.sent[number], state.took[number] == nil else { return }
            state.took[number] = now - sent
            state.missing -= 1
        }
    }

    /// What was measured, but for the first tenth, in which caches fill.
    var figures: LatencyFigures {
        let took = state.withLock { $0.took }
        return LatencyFigures(of: took.dropFirst(took.count / 10).compactMap(\.self))
    }
}

/// How long some messages took, in milliseconds.
package struct LatencyFigures: Sendable, Codable, Hashable {
    /// How many there were.
    package let messages: Int
    /// What half of them took at most.
    package let median: Double
    /// What 99 of 100 took at most.
    package let p99: Double
    /// What the slowest took.
    package let most: Double

    init(of durations: [Duration]) {
        let sorted = durations.map { $0 / .milliseconds(1) }.sorted()
        func quantile(_ share: Double) -> Double {
            // The least of them that so many are not above.
            sorted.isEmpty ? 0 : sorted[max(0, Int((Double(sorted.count) * share).rounded(.up)) - 1)]
        }
        messages = sorted.count
        (median, p99, most) = (quantile(0.5), quantile(0.99), sorted.last ?? 0)
    }

    private enum CodingKeys: String, CodingKey {
        case messages
        case median = "p50_ms"
        case p99 = "p99_ms"
        case most = "max_ms"
    }
}
