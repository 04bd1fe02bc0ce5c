//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridStore
import Logging

/// The mailboxes that the relay sends to over one connection, each declared before the first message to it: what no queue is
/// bound for would end among the unrouted.
///
/// Others' too, since whoever serves them may not have started yet, or may not have followed a new organization. Not all of
/// them beforehand: with 4,504 mailboxes the first message after a start waited 2.3 s for that.
struct TargetMailboxes {
    let store: StateFile
    let organizations: OrganizationCache
    let losses: BrokerLosses
    let logger: Logger

    /// The mailboxes of the organization by name, and its version.
    private var known: (version: Int, mailboxes: [String: Mailbox]) = (0, [:])
    private var declared: Set<String> = []
    private var hasExchanges = false

    init(store: StateFile, organizations: OrganizationCache, losses: BrokerLosses, logger: Logger) {
        self.store = store
        self.organizations = organizations
        self.losses = losses
        self.logger = logger
    }

    /// Declares the mailboxes that `rows` go to, as far as they were not on this connection.
    ///
    /// One that is not in the organization is left alone: nobody would ever take anything from it.
    mutating func declare(for rows: [OutboxRow], over connection: AMQPConnection) async throws {
        let targets = undeclared(among: rows)
        guard !targets.isEmpty || !hasExchanges else { return }
        guard let current = try await store.read({ [organizations] in try organizations.organization(in: $0) }) else {
            return
        }
        // Asked for after the rows were taken, it is not older than the organization under which they were written.
        if current.version != known.version {
            let all = MailboxSelection().mailboxes(in: current.organization)
            known = (current.version, Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) }))
        }
        let mailboxes = targets.compactMap { known.mailboxes[$0] }.sorted()
        guard !mailboxes.isEmpty || !hasExchanges else { return }
        // It may come first to mailboxes that were deleted while no process ran.
        try await LostMailboxes(store: store, losses: losses, logger: logger).note(among: mailboxes, over: connection)
        // On channels of its own, so that what the broker objects to does not cut off the publishes under way.
        try await connection.apply(GridTopology.topology(of: mailboxes))
        hasExchanges = true
        declared.formUnion(mailboxes.map(\.name))
    }

    /// The names of mailboxes among the rows' routing keys, `<mailbox>.<post code>.<event>`, that were not declared.
    private func undeclared(among rows: [OutboxRow]) -> Set<String> {
        var names: Set<String> = []
        var latest = ""
        for row in rows {
            let key = row.message.routingKey
            // Those to one mailbox come in runs.
            if !latest.isEmpty, key.utf8.starts(with: latest.utf8) { continue }
            guard let name = Self.mailbox(ofRoutingKey: key) else { continue }
            latest = name + "."
            if !declared.contains(name) { names.insert(name) }
        }
        return names
    }

    /// The first three words of a routing key.
    private static func mailbox(ofRoutingKey key: String) -> String? {
        let words = key.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        return words.count == 4 ? words[0...2].joined(separator: ".") : nil
    }
}
