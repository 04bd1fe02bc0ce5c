//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel
package import GridStore
package import Logging

/// Finds mailboxes that this node served before and that the broker has lost since, before they are declared anew and
/// nothing shows any more that they and what was in them were gone.
///
/// A node that runs is told when a mailbox is deleted; this is for what happened while none did. The claims tell what was
/// served before: they outlast the mailboxes, and one that is new has none yet. A broker that lost the claims as well has
/// lost everything, which the node's marker shows.
package struct LostMailboxes: Sendable {
    /// How long one that is missing is given to be declared: another process may have claimed it this moment.
    private static let doubt = Duration.milliseconds(500)

    private let store: StateFile
    private let losses: BrokerLosses
    private let logger: Logger

    /// Creates a look for the node of a state file.
    ///
    /// - Parameter losses: Where it notes that there are some.
    package init(store: StateFile, losses: BrokerLosses, logger: Logger) {
        self.store = store
        self.losses = losses
        self.logger = logger
    }

    /// Notes in the state file if one of `mailboxes` was lost, for the pages to be compared.
    ///
    /// Where all are there, it costs no more than to ask for each, many at a time.
    package func note(among mailboxes: [Mailbox], over connection: AMQPConnection) async throws {
        let (id, isMarked) = try await store.read { (try $0.nodeID(), try $0.nodeIsMarked()) }
        guard isMarked else { return }
        guard let lost = try await first(of: mailboxes[...], HostClaim(nodeID: id), connection) else { return }
        logger.warning(
            "The broker lost mailboxes while they were not served; comparing the pages",
            metadata: [LogKey.queue: "\(lost.name)"]
        )
        losses.note()
        try await losses.write()
    }

    /// The first that is missing although this node has claimed it. The broker closes the channel at the first that is
    /// missing, claimed or not, so that halves are asked for until one is found.
    private func first(
        of mailboxes: ArraySlice<Mailbox>,
        _ claim: HostClaim,
        _ connection: AMQPConnection
    ) async throws -> Mailbox? {
        guard let mailbox = mailboxes.first else { return nil }
        do {
            _ = try await connection.withChannel { try await $0.statuses(ofQueues: mailboxes.map(\.name)) }
            return nil
        } catch let error as AMQPError where error.replyCode == 404 {
            guard mailboxes.count > 1 else {
                guard try await claim.standing(of: mailbox, over: connection) == .own else { return nil }
                try await Task.sleep(for: Self.doubt)
                // Whoever has declared it meanwhile has looked before.
                return try await connection.status(of: mailbox.name) == nil ? mailbox : nil
            }
            let middle = mailboxes.startIndex + mailboxes.count / 2
            if let lost = try await first(of: mailboxes[..<middle], claim, connection) { return lost }
            return try await first(of: mailboxes[middle...], claim, connection)
        }
    }
}
