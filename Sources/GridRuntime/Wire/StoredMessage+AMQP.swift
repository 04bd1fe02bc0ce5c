//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridStore

extension StoredMessage {
    /// The message as the broker takes it: persistent, and told of when no queue gets it.
    package var outgoing: AMQPMessage { outgoing(by: nil) }

    /// The same with the user in it who sends it, which the broker checks and commands need.
    package func outgoing(by user: String?) -> AMQPMessage {
        var properties = AMQPProperties()
        properties.contentType = "application/json"
        properties.deliveryMode = .persistent
        properties.messageID = messageID
        properties.type = type
        properties.correlationID = correlationID
        properties.userID = user
        properties.headers = headers.mapValues { AMQPFieldValue.string($0) }
        return AMQPMessage(
            exchange: exchange,
            routingKey: routingKey,
            mandatory: true,
            properties: properties,
            body: body
        )
    }

    /// The message in a delivery off a mailbox, with the word of the broker on who sent it.
    ///
    /// The property `user_id` is checked by RabbitMQ against the user logged in. The node's own user is believed, also about
    /// whom it sends for: it replays dead letters.
    ///
    /// - Parameter nodeUser: The node's own user.
    init(_ delivery: AMQPDelivery, nodeUser: String) {
        self.init(delivery)
        if delivery.exchange == ExchangeName.commands, delivery.properties.userID != nodeUser {
            headers[HeaderName.user] = delivery.properties.userID ?? ""
        }
    }

    /// The message in a delivery. Headers that are not texts are written as texts; those that would route it elsewhere when it
    /// is published again are left out.
    package init(_ delivery: AMQPDelivery) {
        let table = delivery.properties.headers
        // With room for the user: every message that arrives passes here.
        var headers = [String: String](minimumCapacity: table.count + 1)
        for (name, value) in table where !HeaderName.furtherRoutes.contains(name) { headers[name] = Self.text(value) }
        self.init(
            exchange: delivery.exchange,
            routingKey: delivery.routingKey,
            messageID: delivery.properties.messageID ?? "",
            headers: headers,
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
