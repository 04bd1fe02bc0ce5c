//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
package import GridTraces

/// The spans of what is handled in one transaction. Made inside it and thrown away with it; of one that was committed
/// the tracer keeps the spans.
package final class TraceScope {
    private let tracer: Tracer
    /// What was handled, so far.
    package private(set) var spans: [Span] = []

    /// Creates the scope of a transaction.
    package init(_ tracer: Tracer) {
        self.tracer = tracer
    }

    /// A message being handled.
    struct Step {
        /// The header of what it causes; nil for none.
        let traceParent: String?
        /// Its span; nil where its trace is not recorded.
        fileprivate let span: Span?

        init(traceParent: String? = nil, span: Span? = nil) {
            self.traceParent = traceParent
            self.span = span
        }
    }

    /// What time it is, for the start of a step.
    var now: UInt64 { tracer.now }

    /// Keeps the span of a step that was taken.
    func add(_ step: Step) {
        if let span = step.span { spans.append(span) }
    }

    /// The step of a message that was decided on.
    ///
    /// Mail is in the trace of its header, which a node wrote, and is recorded if that says so. A command or a timer is in
    /// the trace of its work order, under the span in which its assignment arrived. An agent's own header is linked to, not
    /// followed: agents stand outside (W3C Trace Context, section 3.4, restarting a trace), and one that had everything
    /// sampled would decide what the collector has to take.
    ///
    /// - Parameters:
    ///   - original: The message as it came; nil for a timer and for the command of somebody at this machine.
    ///   - isKnown: Whether the assignment that it is about was there before.
    ///   - start: When its handling began.
    func step(
        _ message: Message,
        of original: StoredMessage?,
        decided decision: Decision,
        isKnown: Bool,
        since start: UInt64
    ) -> Step {
        let header = original.flatMap(CloudEvent.traceContext(of:))
        let context: TraceContext
        var parent: SpanID?
        switch message {
        case .mail(let mail):
            guard let header else { return Step() }
            guard header.isSampled else { return Step(traceParent: header.description) }
            parent = header.spanID
            if case .issued = mail.body, let leg = mail.assignment, !isKnown, decision.outcome == .applied {
                context = header.at(SpanID(arrivalOf: leg))
            } else {
                context = header.at(SpanID(handling: message))
            }
        case .command(let command):
            if let assignment = command.body.assignment {
                parent = SpanID(arrivalOf: assignment)
                context = own(TraceID(of: assignment.order), SpanID(handling: message))
            } else if let order = decision.order {
                context = own(TraceID(of: order.id), SpanID(arrivalOf: AssignmentID(rootOf: order.id)))
            } else {
                // No order came of it, so there is nobody to share a trace with.
                context = own(TraceID(derivedFrom: message.cause.text), SpanID(handling: message))
            }
        case .timer(let firing):
            parent = SpanID(arrivalOf: firing.assignment)
            context = own(TraceID(of: firing.assignment.order), SpanID(handling: message))
        }
        guard context.isSampled else { return Step(traceParent: context.description) }
        var span = Span(
            Self.name(of: message, original),
            kind: original == nil ? .internal : .consumer,
            context: context,
            parent: parent,
            start: start
        )
        if case .command = message, let header { span.links = [header] }
        span.attributes = Self.attributes(of: message, original, decision)
        if case .dead = decision.outcome {
            span.hasFailed = true
            span.attributes.append(.init(TraceKey.errorType, DeadLetterProblem.Kind.notApplicable.rawValue))
        }
        return Step(traceParent: context.description, span: span)
    }

    /// Keeps the span of mail that cannot be read; what is wrong with it is nothing for a collector.
    func addUnreadable(_ original: StoredMessage, since start: UInt64) {
        guard original.exchange == ExchangeName.mail, let header = CloudEvent.traceContext(of: original),
            header.isSampled
        else { return }
        let destination = original.destination
        var span = Span(
            "process \(destination.value)",
            kind: .consumer,
            context: header.at(SpanID(derivedFrom: "unreadable \(original.messageID)")),
            parent: header.spanID,
            start: start,
            hasFailed: true
        )
        span.attributes =
            Self.processing(destination) + [
                .init(TraceKey.outcome, "dead"),
                .init(TraceKey.errorType, DeadLetterProblem.Kind.badMessage.rawValue),
            ]
        spans.append(span)
    }

    /// The context of a step that begins here, recorded or not.
    private func own(_ trace: TraceID, _ span: SpanID) -> TraceContext {
        TraceContext(traceID: trace, spanID: span, isSampled: tracer.sampler.samples(trace))
    }

    // MARK: What is told

    private static func name(of message: Message, _ original: StoredMessage?) -> String {
        switch (message, original) {
        case (.timer(let firing), _): "timer \(firing.kind.rawValue)"
        case (.command(let command), nil): "command \(command.body.verb.rawValue)"
        case (_, let original): "process \(original?.destination.value ?? ExchangeName.mail)"
        }
    }

    private static func attributes(
        of message: Message,
        _ original: StoredMessage?,
        _ decision: Decision
    ) -> [Span.Attribute] {
        var attributes = original.map { processing($0.destination) } ?? []
        let assignment: AssignmentID?
        switch message {
        case .mail(let mail):
            assignment = mail.assignment
            attributes.append(.init(TraceKey.eventType, mail.body.event.type))
        case .command(let command):
            assignment = command.body.assignment ?? decision.order.map { AssignmentID(rootOf: $0.id) }
            attributes.append(.init(TraceKey.eventType, command.body.verb.type))
        case .timer(let firing): assignment = firing.assignment
        }
        if let assignment {
            attributes.append(.init(TraceKey.conversation, assignment.order.text))
            attributes.append(.init(TraceKey.eventSubject, assignment.text))
        }
        switch decision.outcome {
        case .applied: attributes.append(.init(TraceKey.outcome, "applied"))
        case .ignored: attributes.append(.init(TraceKey.outcome, "ignored"))
        case .waiting: attributes.append(.init(TraceKey.outcome, "waiting"))
        case .dead: attributes.append(.init(TraceKey.outcome, "dead"))
        case .refused(let refusal):
            attributes.append(.init(TraceKey.outcome, "refused"))
            attributes.append(.init(TraceKey.refusal, refusal.reason.rawValue))
        }
        return attributes
    }

    private static func processing(_ destination: (key: String, value: String)) -> [Span.Attribute] {
        [
            .init(TraceKey.system, "rabbitmq"),
            .init(TraceKey.operationName, "process"),
            .init(TraceKey.operationType, "process"),
            .init(destination.key, destination.value),
        ]
    }
}
