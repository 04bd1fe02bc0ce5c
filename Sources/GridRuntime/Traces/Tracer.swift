//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import CoreMetrics
import Glibc
package import GridMetrics
package import GridTraces

/// Records what a process does for which work order, where somebody set up a collector; nobody else has one, and then
/// nothing of all this is made.
///
/// Not behind swift-distributed-tracing: what is traced is handled a thousand at a time inside one transaction, which may be
/// rolled back, and a handler whose every identifier is derived has no room for a tracer that draws them by lot. So spans are
/// values that come out of a transaction beside its messages, and are kept once it is committed.
package final class Tracer: Sendable {
    /// The most spans in one request to the collector.
    static let batchSize = 512

    let configuration: TraceConfiguration
    let sampler: TraceSampler
    let buffer: SpanBuffer
    /// Notified when there is something to export.
    let due = Signal()
    let metrics: TraceMetrics
    private let clock: @Sendable () -> UInt64

    /// Creates a tracer.
    ///
    /// - Parameters:
    ///   - metrics: Where it counts what it exports and drops.
    ///   - clock: The time, in nanoseconds since 1970.
    package init(
        _ configuration: TraceConfiguration,
        metrics factory: any MetricsFactory = NOOPMetricsHandler.instance,
        clock: @escaping @Sendable () -> UInt64 = Tracer.systemClock
    ) {
        self.configuration = configuration
        sampler = TraceSampler(ratio: configuration.ratio)
        buffer = SpanBuffer(
            capacity: configuration.capacity,
            batchSize: min(Self.batchSize, configuration.capacity)
        )
        metrics = TraceMetrics(factory: factory)
        self.clock = clock
    }

    /// The system's clock, which `WallClock` reads in milliseconds: too coarse for steps of microseconds.
    package static let systemClock: @Sendable () -> UInt64 = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(clamping: time.tv_sec) * 1_000_000_000 + UInt64(clamping: time.tv_nsec)
    }

    var now: UInt64 { clock() }

    /// Keeps spans whose work is done now, for instance committed.
    func finish(_ spans: [Span]) {
        guard !spans.isEmpty else { return }
        let end = now
        var spans = spans
        for index in spans.indices { spans[index].end = end }
        keep(spans)
    }

    /// Keeps spans that have ended.
    func keep(_ spans: [Span]) {
        let added = buffer.add(spans)
        if added.dropped > 0 { metrics.droppedForRoom.increment(by: Int64(added.dropped)) }
        if added.isDue { due.notify() }
    }
}

/// What a process counts about its spans.
package struct TraceMetrics: Sendable {
    let exported: Counter
    let droppedForRoom: Counter
    let droppedAsRefused: Counter
    let droppedAtStop: Counter

    init(factory: any MetricsFactory) {
        func dropped(_ reason: String) -> Counter { Counter(.spansDropped, [("reason", reason)], factory: factory) }
        exported = Counter(.spansExported, factory: factory)
        droppedForRoom = dropped("full")
        droppedAsRefused = dropped("refused")
        droppedAtStop = dropped("stopped")
    }

    /// What is counted.
    package static let descriptions: [MetricDescription] = [.spansExported, .spansDropped]
}
