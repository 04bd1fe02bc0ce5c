//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import GridTraces
import Logging

/// Which trace and which span something is in.
///
/// A work order has one trace for as long as it lives, and everything in it a name, so every process of every node finds
/// both without being told: whoever completes an assignment a week later, by whatever node, does so in the trace of the
/// order and under the span in which the assignment arrived. Handling something twice makes the same identifiers.
extension TraceID {
    /// The trace of a work order.
    init(of order: OrderID) {
        self.init(derivedFrom: order.text)
    }
}

extension SpanID {
    /// The span in which an assignment came to its holder.
    init(arrivalOf assignment: AssignmentID) {
        self.init(derivedFrom: "arrival of \(assignment)")
    }

    /// The span in which a message is handled.
    init(handling message: Message) {
        self.init(derivedFrom: "\(message.source) \(message.cause)")
    }
}

/// The names of OpenTelemetry's semantic conventions for messaging, RabbitMQ and CloudEvents, and Gridwork's own.
///
/// Left out is what would tell a collector which post did what: `messaging.message.id` and
/// `messaging.rabbitmq.destination.routing_key` have addresses of posts in them, `messaging.destination.name` codes of cells.
/// A letter of the trace is found by its assignment and type.
enum TraceKey {
    static let system = "messaging.system"
    static let operationName = "messaging.operation.name"
    static let operationType = "messaging.operation.type"
    static let destinationName = "messaging.destination.name"
    static let destinationTemplate = "messaging.destination.template"
    static let conversation = "messaging.message.conversation_id"
    static let eventType = "cloudevents.event_type"
    static let eventSubject = "cloudevents.event_subject"
    static let errorType = "error.type"
    /// What became of what was handled: applied, ignored, refused, waiting or dead.
    static let outcome = "gridwork.outcome"
    /// Why a command was refused, as the API and agents are told it.
    static let refusal = "gridwork.refusal"
}

extension StoredMessage {
    /// Where it is going, without the codes: `cell.{cell}.liaison`; the exchange for what goes to no mailbox.
    var destination: (key: String, value: String) {
        guard exchange == ExchangeName.mail || exchange == ExchangeName.commands else {
            return (TraceKey.destinationName, exchange)
        }
        let parts = routingKey.split(separator: ".", maxSplits: 3)
        guard parts.count == 4 else { return (TraceKey.destinationName, exchange) }
        return (TraceKey.destinationTemplate, "\(parts[0]).{\(parts[0])}.\(parts[2])")
    }

    /// The trace and the span that it is caused by, for a line of the log; nothing where it has none.
    var traceMetadata: Logger.Metadata {
        guard let context = CloudEvent.traceContext(of: self) else { return [:] }
        return [LogKey.traceID: "\(context.traceID)", LogKey.spanID: "\(context.spanID)"]
    }
}
