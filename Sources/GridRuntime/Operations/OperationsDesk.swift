//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel
package import GridStore
package import Logging

/// What an operator sees of a node's broker, and does about its dead letters.
package protocol OperationsDesk: Sendable {
    /// Who serves the node's mailboxes, and how they keep up; it says where the broker could not be asked.
    func workers(in organization: Organization) async throws -> WorkerOverview

    /// The dead letters, oldest first.
    ///
    /// - Throws: `AMQPError` when the broker cannot be asked.
    func letters() async throws -> [DeadLetter]

    /// Sends a dead letter to where it was going, and takes it off the dead ones.
    func replay(_ key: String) async throws -> DeadLetterDesk.Result

    /// Takes a dead letter off the dead ones for good.
    func discard(_ key: String) async throws -> DeadLetterDesk.Result
}

/// Asks the broker, over a connection for each question, and the state file.
package struct BrokerOperations: OperationsDesk {
    /// How many mailboxes are asked about.
    private static let mostMailboxes = 1_000

    private let broker: AMQPConfiguration
    private let selection: MailboxSelection
    private let dead: DeadLetterDesk
    private let desk: WorkerDesk

    /// Creates a desk.
    ///
    /// - Parameters:
    ///   - store: The node's state file, where processes tell of themselves.
    ///   - broker: The broker.
    ///   - selection: The mailboxes that the node hosts.
    package init(store: StateFile, broker: AMQPConfiguration, selection: MailboxSelection, logger: Logger) {
        self.broker = broker
        self.selection = selection
        desk = WorkerDesk(store: store, logger: logger)
        dead = DeadLetterDesk(broker: broker, logger: logger)
    }

    package func workers(in organization: Organization) async throws -> WorkerOverview {
        let mailboxes = selection.mailboxes(in: organization).prefix(Self.mostMailboxes)
        return try await desk.overview(of: Array(mailboxes), broker: broker)
    }

    package func letters() async throws -> [DeadLetter] { try await dead.letters() }

    package func replay(_ key: String) async throws -> DeadLetterDesk.Result { try await dead.replay(key) }

    package func discard(_ key: String) async throws -> DeadLetterDesk.Result { try await dead.discard(key) }
}
