//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import CoreMetrics
import Synchronization

/// Where a process' own metrics are kept: what makes the handles of swift-metrics, and what reads them.
///
/// Only what was described is kept; a handle of anything else counts for nothing, so that nobody can fill the memory by
/// inventing names. Labels are for whoever makes the handles to bound.
package final class MetricsRegistry: MetricsFactory {
    private struct Key: Hashable {
        let name: String
        let labels: [String: String]

        init(_ name: String, _ dimensions: [(String, String)]) {
            self.name = name
            labels = Dictionary(dimensions) { $1 }
        }
    }

    private let descriptions: [String: MetricDescription]
    private let cells = Mutex<[Key: any MetricCell]>([:])

    /// Creates a registry for the metrics that are described.
    package init(_ descriptions: [MetricDescription]) {
        self.descriptions = Dictionary(descriptions.map { ($0.name, $0) }) { first, _ in first }
    }

    /// What is kept, as it is now.
    package func families() -> [MetricFamily] {
        let cells = cells.withLock { Array($0) }
        return Dictionary(grouping: cells, by: \.key.name).compactMap { name, cells in
            descriptions[name].map { description in
                MetricFamily(description, cells.map { .init($0.key.labels, $0.value.value) })
            }
        }
    }

    /// The cell of a metric, the same for the same labels; nil for one that was not described as such.
    private func cell<Cell: MetricCell>(
        _ label: String,
        _ dimensions: [(String, String)],
        _ kind: MetricFamily.Kind,
        _ make: (MetricDescription) -> Cell
    ) -> Cell? {
        guard let description = descriptions[label], description.kind == kind else { return nil }
        let key = Key(label, dimensions)
        return cells.withLock { cells in
            if let known = cells[key] { return known as? Cell }
            let cell = make(description)
            cells[key] = cell
            return cell
        }
    }

    // MARK: The factory

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        guard let cell = self.cell(label, dimensions, .counter, { _ in CounterCell() }) else {
            return NOOPMetricsHandler.instance
        }
        return cell
    }

    /// Not kept: what is counted here are whole things.
    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        guard let cell = self.cell(label, dimensions, .gauge, { _ in GaugeCell() }) else {
            return NOOPMetricsHandler.instance
        }
        return cell
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard let cell = self.cell(label, dimensions, .histogram, { HistogramCell(bounds: $0.bounds) }) else {
            return NOOPMetricsHandler.instance
        }
        return cell
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        guard let cell = self.cell(label, dimensions, .histogram, { HistogramCell(bounds: $0.bounds) }) else {
            return NOOPMetricsHandler.instance
        }
        return cell
    }

    // Kept all the same: what was counted stays counted when a handle goes.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    package func destroyMeter(_ handler: any MeterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}
}
