//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a metric is called and what it means.
package struct MetricDescription: Sendable, Hashable {
    /// Bounds for what takes from a millisecond to ten seconds.
    package static let seconds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// The name: `gridwork_`, what is measured, the unit, and `_total` where it is a counter.
    package let name: String
    /// What the figures do over time.
    package let kind: MetricFamily.Kind
    /// What it means, in one sentence.
    package let help: String
    /// The bounds of a histogram's buckets, ascending; empty for what is none.
    package let bounds: [Double]

    private init(_ name: String, _ kind: MetricFamily.Kind, _ help: String, bounds: [Double] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.bounds = bounds
    }

    /// Describes a counter.
    package static func counter(_ name: String, _ help: String) -> MetricDescription {
        MetricDescription(name, .counter, help)
    }

    /// Describes a gauge.
    package static func gauge(_ name: String, _ help: String) -> MetricDescription {
        MetricDescription(name, .gauge, help)
    }

    /// Describes a histogram; of seconds unless other bounds are given.
    package static func histogram(
        _ name: String,
        _ help: String,
        bounds: [Double] = MetricDescription.seconds
    ) -> MetricDescription {
        MetricDescription(name, .histogram, help, bounds: bounds)
    }
}
