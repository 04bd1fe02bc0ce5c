//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CoreMetrics
import Testing

@testable import GridMetrics

@Suite("The registry of metrics")
struct MetricsRegistryTests {
    private static let done = MetricDescription.counter("done_total", "Done.")
    private static let level = MetricDescription.gauge("level", "Level.")
    private static let time = MetricDescription.histogram("time_seconds", "Time.", bounds: [0.5, 1])
    private static let size = MetricDescription.histogram("size", "Size.", bounds: [10])

    private let registry = MetricsRegistry([done, level, time, size])

    private func value(_ description: MetricDescription, _ labels: [String: String] = [:]) -> MetricFamily.Value? {
        registry.families().first { $0.description == description }?.samples.first { $0.labels == labels }?.value
    }

    @Test("Handles of one name and the same labels count together")
    func counters() {
        for _ in 0..<2 { Counter(Self.done, [("role", "liaison")], factory: registry).increment(by: 3) }
        Counter(Self.done, [("role", "cell-leader")], factory: registry).increment()
        #expect(value(Self.done, ["role": "liaison"]) == .number(6))
        #expect(value(Self.done, ["role": "cell-leader"]) == .number(1))
    }

    @Test("A gauge is set and moved")
    func gauges() {
        let meter = Meter(Self.level, factory: registry)
        meter.set(5)
        meter.increment(by: 2)
        meter.decrement(by: 1.5)
        #expect(value(Self.level) == .number(5.5))
    }

    @Test("A histogram counts what is no larger than a bound below it, and times in seconds")
    func histograms() {
        let timer = CoreMetrics.Timer(Self.time, factory: registry)
        // Fractions that binary numbers have, so that their sum is exact.
        for milliseconds in [500, 750, 1_000, 2_000] { timer.record(.milliseconds(milliseconds)) }
        #expect(value(Self.time) == .histogram(.init(bounds: [0.5, 1], counts: [1, 2, 1], sum: 4.25)))
        let recorder = Recorder(Self.size, factory: registry)
        recorder.record(10)
        recorder.record(11)
        #expect(value(Self.size) == .histogram(.init(bounds: [10], counts: [1, 1], sum: 21)))
    }

    @Test("What nobody described is not kept, nor what was described as something else")
    func undescribed() {
        Counter(label: "other_total", factory: registry).increment()
        Meter(label: Self.done.name, factory: registry).set(1)
        #expect(registry.families().isEmpty)
    }

    @Test("Tasks that count at once lose nothing")
    func concurrency() async {
        let counter = Counter(Self.done, factory: registry)
        let recorder = Recorder(Self.size, factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        recorder.record(1)
                    }
                }
            }
        }
        #expect(value(Self.done) == .number(8_000))
        #expect(value(Self.size) == .histogram(.init(bounds: [10], counts: [8_000, 0], sum: 8_000)))
    }

    @Test("The process tells its processor time, memory, files and start")
    func process() {
        let families = ProcessFigures.families()
        #expect(families.count == 6)
        for family in families {
            #expect(family.samples.count == 1, "\(family.description.name)")
            guard case .number(let number) = family.samples.first?.value else { continue }
            #expect(number > 0, "\(family.description.name)")
        }
    }
}
