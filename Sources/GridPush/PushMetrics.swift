//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import CoreMetrics
package import GridMetrics
import GridModel

/// What is counted of pushes.
package struct PushMetrics: Sendable {
    /// What becomes of an attempt.
    enum Outcome: String, CaseIterable {
        case sent, failed, refused
    }

    /// What is counted.
    package static let descriptions: [MetricDescription] = [attempts, seconds]

    private static let attempts = MetricDescription.counter(
        "gridwork_push_attempts_total",
        "Messages of pushes that were tried, by kind of channel and outcome: sent, failed (to be tried again), refused."
    )
    private static let seconds = MetricDescription.histogram(
        "gridwork_push_duration_seconds",
        "How long an attempt to send a message of pushes took, by kind of channel."
    )

    private let counters: [String: Counter]
    private let timers: [PushChannel.Kind: CoreMetrics.Timer]

    /// Makes the handles.
    package init(factory: any MetricsFactory) {
        var counters: [String: Counter] = [:]
        var timers: [PushChannel.Kind: CoreMetrics.Timer] = [:]
        for kind in PushChannel.Kind.allCases {
            for outcome in Outcome.allCases {
                let labels = [("kind", kind.rawValue), ("outcome", outcome.rawValue)]
                counters[kind.rawValue + outcome.rawValue] = Counter(Self.attempts, labels, factory: factory)
            }
            timers[kind] = CoreMetrics.Timer(Self.seconds, [("kind", kind.rawValue)], factory: factory)
        }
        self.counters = counters
        self.timers = timers
    }

    /// Counts an attempt.
    func count(_ kind: PushChannel.Kind, _ outcome: Outcome, took duration: Duration) {
        counters[kind.rawValue + outcome.rawValue]?.increment()
        timers[kind]?.record(duration)
    }
}
