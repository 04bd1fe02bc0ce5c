//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import CoreMetrics
import GridTraces
package import Logging
import ServiceLifecycle

/// Sends the spans of a process to a collector, and holds up nothing when that is slow, full or away.
///
/// Spans wait in a bounded buffer; what finds no room there is dropped and counted. One request is under way at a time, with a
/// limit. What the collector cannot take now it is sent again, later each time; what it refuses is dropped. A request that is under
/// way when the process is told to stop is sent anew within the limit of a stop, so its spans may arrive twice.
package struct TraceExporter: Service {
    /// The waits between attempts.
    static let backoff = AMQPBackoff(initial: .seconds(1), maximum: .seconds(30))

    private let tracer: Tracer
    private let document: OTLPDocument
    private let troubles: ExportTroubles

    /// Creates the exporter of a process.
    package init(_ tracer: Tracer, logger: Logger) {
        self.tracer = tracer
        let configuration = tracer.configuration
        document = OTLPDocument(resource: configuration.resource(), version: configuration.version)
        troubles = ExportTroubles(collector: configuration.endpoint, logger: logger)
    }

    /// Exports until the task is cancelled or, on a graceful stop, until what is there was sent or its time is over.
    package func run() async throws {
        let stopping = StopFlag()
        let sender = makeSender()
        do {
            try await export(by: sender, until: stopping)
        } catch {
            await sender.close()
            throw error
        }
        await sender.close()
    }

    private func export(by sender: OTLPSender, until stopping: StopFlag) async throws {
        try await withGracefulShutdownHandler {
            var inHand: [Span] = []
            while !stopping.isSet, !Task.isCancelled {
                await tracer.due.wait()
                if !stopping.isSet, tracer.buffer.count < Tracer.batchSize {
                    await tracer.due.wait(atMost: tracer.configuration.linger)
                }
                while inHand.isEmpty, !stopping.isSet, !Task.isCancelled {
                    let batch = tracer.buffer.take(Tracer.batchSize)
                    if batch.isEmpty { break }
                    inHand = try await export(batch, by: sender, until: stopping)
                }
            }
            try Task.checkCancellation()
            await flush(inHand, by: sender)
        } onGracefulShutdown: {
            stopping.set()
            tracer.due.notify()
        }
    }

    /// Exports what is there, for a process that ends now.
    ///
    /// - Parameter limit: How long it may take; what was not sent then is dropped.
    package func flush(within limit: Duration) async {
        let sender = makeSender()
        await atMost(limit) { await sendRest([], by: sender) }
        await sender.close()
    }

    private func makeSender() -> OTLPSender {
        let configuration = tracer.configuration
        return OTLPSender(configuration.endpoint, limit: configuration.requestLimit)
    }

    /// Sends a batch, again and again while the collector cannot take it.
    ///
    /// - Returns: What was not sent when the flag was set.
    private func export(_ batch: [Span], by sender: OTLPSender, until stopping: StopFlag) async throws -> [Span] {
        let data = document.data(of: batch)
        var failures = 0
        while true {
            guard let answer = try await stopping.race({ await sender.post(data) }) else { return batch }
            guard case .unavailable(let reason, let pause) = answer else {
                settle(answer, batch)
                return []
            }
            failures += 1
            troubles.note(reason, spans: 0)
            var generator = SystemRandomNumberGenerator()
            // One that asks to be tried at once is tried no sooner than another.
            let delay = max(pause ?? .zero, Self.backoff.delay(afterFailures: failures, using: &generator))
            _ = try await stopping.race { try await Task.sleep(for: delay) }
            if stopping.isSet { return batch }
        }
    }

    /// Sends what is left, once, within the limit of a stop.
    private func flush(_ inHand: [Span], by sender: OTLPSender) async {
        await atMost(tracer.configuration.stopLimit) { await sendRest(inHand, by: sender) }
        let left = tracer.buffer.take(.max).count
        if left > 0 { tracer.metrics.droppedAtStop.increment(by: Int64(left)) }
    }

    private func sendRest(_ inHand: [Span], by sender: OTLPSender) async {
        var batch = inHand.isEmpty ? tracer.buffer.take(Tracer.batchSize) : inHand
        while !batch.isEmpty {
            let answer = await sender.post(document.data(of: batch))
            if case .unavailable = answer {
                tracer.metrics.droppedAtStop.increment(by: Int64(batch.count))
                return
            }
            settle(answer, batch)
            batch = tracer.buffer.take(Tracer.batchSize)
        }
    }

    private func settle(_ answer: OTLPSender.Answer, _ batch: [Span]) {
        switch answer {
        case .accepted(let rejected):
            let rejected = min(rejected, batch.count)
            tracer.metrics.exported.increment(by: Int64(batch.count - rejected))
            guard rejected > 0 else { return troubles.end() }
            tracer.metrics.droppedAsRefused.increment(by: Int64(rejected))
            troubles.note("it did not take all spans of a request", spans: rejected)
        case .refused(let reason):
            tracer.metrics.droppedAsRefused.increment(by: Int64(batch.count))
            troubles.note(reason, spans: batch.count)
        case .unavailable: preconditionFailure("Cannot settle what may be sent again")
        }
    }
}
