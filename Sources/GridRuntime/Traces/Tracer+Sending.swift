//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridStore
import GridTraces

extension Tracer {
    /// Keeps a span for each message of a publish whose trace is recorded: from the attempt until the broker's answer.
    ///
    /// They hang beside what the receiver does, under the span that caused both, which the message's header names: so a row
    /// that waited in the state file needs nothing but its headers, and a span that is lost breaks no chain. What lies
    /// between the end of the cause and the start of this is the time in the outbox.
    func sent(_ rows: [OutboxRow], _ outcomes: [AMQPPublishOutcome], since start: UInt64) {
        let end = now
        var spans: [Span] = []
        for (row, outcome) in zip(rows, outcomes) {
            guard let cause = CloudEvent.traceContext(of: row.message), cause.isSampled else { continue }
            let destination = row.message.destination
            var span = Span(
                "send \(destination.value)",
                kind: .producer,
                // By lot: each attempt is another span.
                context: cause.at(.random()),
                parent: cause.spanID,
                start: start,
                end: end,
                attributes: [
                    .init(TraceKey.system, "rabbitmq"),
                    .init(TraceKey.operationName, "send"),
                    .init(TraceKey.operationType, "send"),
                    .init(destination.key, destination.value),
                    .init(TraceKey.eventType, row.message.type),
                ]
            )
            if let order = row.message.correlationID { span.attributes.append(.init(TraceKey.conversation, order)) }
            if let subject = row.message.headers[HeaderName.subject] {
                span.attributes.append(.init(TraceKey.eventSubject, subject))
            }
            if let problem = outcome.problem {
                span.hasFailed = true
                span.attributes.append(.init(TraceKey.errorType, problem))
            }
            spans.append(span)
        }
        keep(spans)
    }
}

extension AMQPPublishOutcome {
    /// What went wrong, in a word; nil when nothing did.
    fileprivate var problem: String? {
        switch self {
        case .confirmed: nil
        case .returned: "returned"
        case .nacked: "nacked"
        case .failed(let error): "\(error.code)"
        }
    }
}
