//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension BrokerManagement {
    /// A user of the broker.
    package struct User: Sendable, Decodable {
        /// The user's name.
        package let name: String
        /// What the user is marked with; RabbitMQ gives some marks a meaning and leaves others to us.
        package let tags: [String]
    }

    /// What can be limited.
    package enum UserLimit: String, Sendable {
        case connections = "max-connections"
        case channels = "max-channels"
    }

    /// What a user may do in a vhost: patterns of the names of exchanges and queues.
    package struct Permission: Sendable, Hashable, Codable {
        /// The user.
        package let user: String
        /// What may be declared and deleted.
        package let configure: String
        /// What may be written to.
        package let write: String
        /// What may be read from.
        package let read: String

        /// Creates a permission.
        package init(user: String, configure: String, write: String, read: String) {
            self.user = user
            self.configure = configure
            self.write = write
            self.read = read
        }
    }

    /// What a user may do on a topic exchange: patterns of routing keys.
    package struct TopicPermission: Sendable, Hashable, Codable {
        /// The user.
        package let user: String
        /// The exchange.
        package let exchange: String
        /// The keys that may be written.
        package let write: String
        /// The keys that may be bound.
        package let read: String

        /// Creates a permission.
        package init(user: String, exchange: String, write: String, read: String) {
            self.user = user
            self.exchange = exchange
            self.write = write
            self.read = read
        }
    }
}
