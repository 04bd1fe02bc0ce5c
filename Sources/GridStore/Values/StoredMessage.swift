//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A message at rest: what travels, without a word about how.
package struct StoredMessage: Sendable, Hashable {
    /// The exchange it is for.
    package var exchange: String
    /// The routing key it carries.
    package var routingKey: String
    /// The message's own identifier.
    package var messageID: String
    /// Its headers.
    package var headers: [String: String]
    /// Its type.
    package var type: String
    /// What it correlates with: the work order, where there is one.
    package var correlationID: String?
    /// Its body, byte for byte.
    package var body: [UInt8]

    /// Creates a message.
    package init(
        exchange: String,
        routingKey: String,
        messageID: String,
        headers: [String: String],
        type: String,
        correlationID: String?,
        body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.messageID = messageID
        self.headers = headers
        self.type = type
        self.correlationID = correlationID
        self.body = body
    }
}
