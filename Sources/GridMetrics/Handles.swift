//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import CoreMetrics

extension Counter {
    /// Makes the handle of a counter that is described.
    package convenience init(
        _ description: MetricDescription,
        _ labels: [(String, String)] = [],
        factory: any MetricsFactory
    ) {
        self.init(label: description.name, dimensions: labels, factory: factory)
    }
}

extension Meter {
    /// Makes the handle of a gauge that is described.
    package convenience init(
        _ description: MetricDescription,
        _ labels: [(String, String)] = [],
        factory: any MetricsFactory
    ) {
        self.init(label: description.name, dimensions: labels, factory: factory)
    }
}

extension CoreMetrics.Timer {
    /// Makes the handle of a histogram of seconds that is described.
    package convenience init(
        _ description: MetricDescription,
        _ labels: [(String, String)] = [],
        factory: any MetricsFactory
    ) {
        self.init(label: description.name, dimensions: labels, factory: factory)
    }

    /// Records how long something took.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension Recorder {
    /// Makes the handle of a histogram that is described.
    package convenience init(
        _ description: MetricDescription,
        _ labels: [(String, String)] = [],
        factory: any MetricsFactory
    ) {
        self.init(label: description.name, dimensions: labels, aggregate: true, factory: factory)
    }
}
