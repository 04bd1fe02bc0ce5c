//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridStore

extension StoredMessage {
    /// The message as the broker takes it: persistent, and told of when no queue gets it.
    package var outgoing: AMQPMessage {
        var properties = AMQPProperties()
        properties.contentType = "application/json"
        properties.deliveryMode = .persistent
        properties.messageID = messageID
        properties.type = type
        properties.correlationID = correlationID
        properties.headers = headers.mapValues { AMQPFieldValue.string($0) }
        return AMQPMessage(
            exchange: exchange,
            routingKey: routingKey,
            mandatory: true,
            properties: properties,
            body: body
        )
    }

    /// The message in a delivery. Headers that are not texts are written as texts.
    package init(_ delivery: AMQPDelivery) {
        self.init(
            exchange: delivery.exchange,
            routingKey: delivery.routingKey,
            messageID: delivery.properties.messageID ?? "",
            headers: delivery.properties.headers.mapValues(Self.text),
            type: delivery.properties.type ?? "",
            correlationID: delivery.properties.correlationID,
            body: delivery.body
        )
    }

    private static func text(_ value: AMQPFieldValue) -> String {
        if case .string(let text) = value { return text }
        // What is nested in a header is nothing of Gridwork's; a bounded trace of it is enough for a dead letter.
        return String("\(value)".prefix(200))
    }
}
