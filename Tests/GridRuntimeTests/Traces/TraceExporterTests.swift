//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridMetrics
import GridTraces
import InMemoryLogging
import Logging
import ServiceLifecycle
import Testing

@testable import GridRuntime

@Suite("The exporter of traces", .brokerLimit)
struct TraceExporterTests {
    /// A process that traces and does nothing else.
    private struct Process: Sendable {
        let registry = MetricsRegistry(TraceMetrics.descriptions)
        let tracer: Tracer
        let log = InMemoryLogHandler()

        init(_ configuration: TraceConfiguration) {
            tracer = Tracer(configuration, metrics: registry)
        }

        func keep(_ count: Int) {
            tracer.keep(
                (0..<count).map { _ in
                    let context = TraceContext(traceID: TraceID(derivedFrom: "x"), spanID: .random(), isSampled: true)
                    return Span("step", kind: .internal, context: context, start: tracer.now)
                }
            )
        }

        /// Runs the exporter for the length of `body`, and ends it as SIGTERM does.
        func export(_ body: @escaping @Sendable () async throws -> Void) async throws {
            let logger = Logger(label: "test") { _ in log }
            let group = ServiceGroup(
                configuration: .init(services: [TraceExporter(tracer, logger: logger)], logger: logger)
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await group.run() }
                try await body()
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
            }
        }

        /// What is counted, by its line in Prometheus' format.
        func counted(_ name: String) -> String? {
            ExpositionFormat.text(of: registry.families()).split(separator: "\n")
                .first { $0.hasPrefix(name + " ") }.map { String($0.dropFirst(name.count + 1)) }
        }

        var told: [String] { log.entries.filter { $0.level >= .notice }.map { "\($0.message)" } }
    }

    @Test("What is there at a stop is sent before it ends")
    func flushes() async throws {
        try await TraceCollector.with { collector in
            var configuration = try collector.configuration()
            // Other tests may keep the machine busy for longer than a stop should last.
            configuration.stopLimit = .seconds(600)
            let process = Process(configuration)
            try await process.export { process.keep(1_300) }
            // A request that was under way at the stop is sent again: the collector may have taken it already.
            #expect(Set(collector.spans.map(\.spanId)).count == 1_300)
            #expect(process.counted("gridwork_spans_exported_total") == "1300")
            #expect(process.told.isEmpty)
        }
    }

    @Test("What a collector cannot take now is sent again, none of it twice, and the log says when it is over")
    func triesAgain() async throws {
        try await TraceCollector.with(.answers(503)) { collector in
            let process = Process(try collector.configuration())
            try await process.export {
                process.keep(700)
                try await poll("it was asked twice") { collector.requests >= 2 }
                collector.behave(.accepts)
                try await poll("all have arrived") { collector.spans.count == 700 }
                // The last answer may not be back yet, and a request that is under way at a stop is sent again.
                try await poll("all are counted") { process.counted("gridwork_spans_exported_total") == "700" }
            }
            #expect(Set(collector.spans.map(\.spanId)).count == 700)
            #expect(process.told.first?.hasPrefix("The collector takes no traces") == true)
            #expect(process.told.dropFirst() == ["The collector takes traces again"])
        }
    }

    @Test("What a collector refuses is dropped and counted, and the next is tried")
    func drops() async throws {
        try await TraceCollector.with(.answers(400)) { collector in
            let process = Process(try collector.configuration())
            try await process.export {
                process.keep(5)
                try await poll("it was asked") { process.counted(Self.dropped("refused")) == "5" }
                collector.behave(.accepts)
                process.keep(3)
                try await poll("the next have arrived") { collector.spans.count == 3 }
            }
        }
    }

    @Test("What finds no room while a collector stalls is dropped and counted, and a stop does not wait for it")
    func bounded() async throws {
        try await TraceCollector.with(.stalls) { collector in
            var configuration = try collector.configuration(capacity: 100)
            // The request under way would last for longer than the suite may.
            (configuration.requestLimit, configuration.stopLimit) = (.seconds(3_600), .milliseconds(50))
            let process = Process(configuration)
            try await process.export {
                process.keep(10)
                try await poll("it is being asked") { collector.requests == 1 }
                for _ in 0..<100 { process.keep(10) }
                #expect(process.tracer.buffer.count == 100)
            }
            #expect(process.counted(Self.dropped("full")) == "900")
            #expect(process.counted(Self.dropped("stopped")) == "110")
        }
    }

    @Test("A request that is not answered is given up after its limit")
    func limit() async throws {
        try await TraceCollector.with(.stalls) { collector in
            var configuration = try collector.configuration()
            configuration.requestLimit = .milliseconds(200)
            let process = Process(configuration)
            try await process.export {
                process.keep(1)
                try await poll("it is asked again") { collector.requests >= 2 }
            }
            #expect(process.told.first?.hasPrefix("The collector takes no traces") == true)
        }
    }

    private static func dropped(_ reason: String) -> String {
        "gridwork_spans_dropped_total{reason=\"\(reason)\"}"
    }
}
