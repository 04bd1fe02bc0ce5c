//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel
package import Logging

/// What an operator sees of a node's broker, and does about its dead letters.
package protocol OperationsDesk: Sendable {
    /// The node's mailboxes as the broker knows them.
    ///
    /// - Throws: `AMQPError` when the broker cannot be asked.
    func mailboxes(in organization: Organization) async throws -> [MailboxStatus]

    /// The dead letters, oldest first.
    ///
    /// - Throws: `AMQPError` when the broker cannot be asked.
    func letters() async throws -> [DeadLetter]

    /// Sends a dead letter to where it was going, and takes it off the dead ones.
    func replay(_ key: String) async throws -> DeadLetterDesk.Result

    /// Takes a dead letter off the dead ones for good.
    func discard(_ key: String) async throws -> DeadLetterDesk.Result
}

/// A mailbox as the broker knows it.
package struct MailboxStatus: Sendable, Hashable {
    /// The queue's name.
    package let name: String
    /// How many messages wait in it; nil where there is no such queue.
    package let messages: Int?
    /// How many processes serve it; nil where there is no such queue.
    package let consumers: Int?

    /// Creates a status.
    package init(name: String, messages: Int?, consumers: Int?) {
        self.name = name
        self.messages = messages
        self.consumers = consumers
    }
}

/// Asks the broker, over a connection for each question.
package struct BrokerOperations: OperationsDesk {
    /// How many mailboxes are asked about.
    private static let mostMailboxes = 1_000

    private let broker: AMQPConfiguration
    private let selection: MailboxSelection
    private let logger: Logger
    private let dead: DeadLetterDesk

    /// Creates a desk.
    ///
    /// - Parameters:
    ///   - broker: The broker.
    ///   - selection: The mailboxes that the node hosts.
    package init(broker: AMQPConfiguration, selection: MailboxSelection, logger: Logger) {
        self.broker = broker
        self.selection = selection
        self.logger = logger
        dead = DeadLetterDesk(broker: broker, logger: logger)
    }

    package func mailboxes(in organization: Organization) async throws -> [MailboxStatus] {
        let names = selection.mailboxes(in: organization).map(\.name)
        return try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            var found: [MailboxStatus] = []
            for name in names.prefix(Self.mostMailboxes) {
                let status = try await connection.status(of: name)
                found.append(
                    MailboxStatus(name: name, messages: status?.messageCount, consumers: status?.consumerCount)
                )
            }
            return found
        }
    }

    package func letters() async throws -> [DeadLetter] { try await dead.letters() }

    package func replay(_ key: String) async throws -> DeadLetterDesk.Result { try await dead.replay(key) }

    package func discard(_ key: String) async throws -> DeadLetterDesk.Result { try await dead.discard(key) }
}
