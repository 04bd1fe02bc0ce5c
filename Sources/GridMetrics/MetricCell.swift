//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CoreMetrics
import Synchronization

/// Where one figure is kept.
protocol MetricCell: AnyObject, Sendable {
    /// The figure as it is now.
    var value: MetricFamily.Value { get }
}

/// A counter's figure.
final class CounterCell: MetricCell, CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: MetricFamily.Value { .number(Double(count.load(ordering: .relaxed))) }

    func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }

    func reset() { count.store(0, ordering: .relaxed) }
}

/// A gauge's figure.
final class GaugeCell: MetricCell, MeterHandler {
    private let level = Mutex(0.0)

    var value: MetricFamily.Value { .number(level.withLock(\.self)) }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { level.withLock { $0 = value } }

    func increment(by amount: Double) { level.withLock { $0 += amount } }

    func decrement(by amount: Double) { level.withLock { $0 -= amount } }
}

/// A histogram's figures.
final class HistogramCell: MetricCell, RecorderHandler, TimerHandler {
    private let bounds: [Double]
    private let state: Mutex<(counts: [UInt64], sum: Double)>

    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex((Array(repeating: 0, count: bounds.count + 1), 0))
    }

    var value: MetricFamily.Value {
        let (counts, sum) = state.withLock(\.self)
        return .histogram(MetricFamily.Histogram(bounds: bounds, counts: counts, sum: sum))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        // A bound belongs to what lies below it.
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
}
