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

    /// A header as text. What is no plain value is nothing of Gridwork's: of that a dead letter tells the size alone, since
    /// written out it could be many times as long as the frame it came in.
    private static func text(_ value: AMQPFieldValue) -> String {
        switch value {
        case .string(let text): text
        case .bytes(let bytes): "\(bytes.count) bytes"
        case .array(let values): "an array of \(values.count)"
        case .table(let table): "a table of \(table.count)"
        default: "\(value)"
        }
    }
}
