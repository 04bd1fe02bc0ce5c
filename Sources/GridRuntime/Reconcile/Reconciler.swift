//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
package import GridModel
package import GridStore
package import Logging

/// Compares the pages of a state file with each other, and sends again what must have been lost: truth is in the file,
/// so a purged queue, a broker that forgot, or an older copy of the file can be made good.
///
/// What was not lost after all is harmless: the rules of an assignment absorb it.
package struct Reconciler: Sendable {
    /// The most rows looked at, and the most mails written, in one transaction.
    static let pageSize = 200
    /// How long after its last change a settled page of another node is told again.
    static let remoteMemory: Int64 = 7 * 24 * 3_600_000

    private let store: StateFile
    private let selection: MailboxSelection
    private let organizations: OrganizationCache
    private let clock: WallClock
    private let logger: Logger

    /// Creates a reconciler.
    ///
    /// - Parameter selection: The mailboxes that belong to the state file.
    package init(
        store: StateFile,
        selection: MailboxSelection,
        organizations: OrganizationCache = OrganizationCache(),
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.store = store
        self.selection = selection
        self.organizations = organizations
        self.clock = clock
        self.logger = logger
    }

    /// Everything, also what has just changed and what concerns other nodes: for a broker that forgot, and for whoever
    /// asks.
    package var everything: ReconcileScope {
        let now = clock.now
        return ReconcileScope(
            unchangedSince: now,
            remoteSince: selection.isEverywhere ? nil : now.adding(milliseconds: -Self.remoteMemory)
        )
    }

    /// What has rested for a while and concerns this file alone.
    func rested(for milliseconds: Int64) -> ReconcileScope {
        ReconcileScope(unchangedSince: clock.now.adding(milliseconds: -milliseconds))
    }

    /// Finds what would be sent, and sends nothing.
    ///
    /// - Throws: `StoreError`, `LocalDesk.NoOrganization`, `CancellationError`.
    package func preview(_ scope: ReconcileScope) async throws -> ReconcileReport {
        var report = ReconcileReport()
        for walk in ReconcileWalk.allCases {
            var position: ReconcileWalk.Position?
            repeat {
                let from = position
                let part = try await store.read { store in
                    let (page, organization) = try page(of: walk, after: from, in: scope, store)
                    let report = try messages(for: page.missing, under: nil, from: 1, in: organization, store).report
                    return (report: report, next: page.next)
                }
                report.add(part.report)
                position = part.next
            } while position != nil
        }
        return report
    }

    /// Writes what is missing into the outbox, a page in each transaction; whoever relays sends it.
    ///
    /// - Parameter mailboxes: Nothing is sent to these: they hold mail that nobody takes for now.
    /// - Throws: as `preview`; what earlier transactions wrote stays written.
    package func run(
        _ scope: ReconcileScope,
        leavingOut mailboxes: Set<Mailbox> = []
    ) async throws -> ReconcileReport {
        guard let round = ReconcileRound(UUID().uuidString.lowercased()) else {
            preconditionFailure("Cannot name a round")
        }
        var report = ReconcileReport()
        var written = 0
        for walk in ReconcileWalk.allCases {
            var position: ReconcileWalk.Position?
            repeat {
                try Task.checkCancellation()
                let (from, first) = (position, written + 1)
                let found = try await store.read {
                    try page(of: walk, after: from, in: scope, leavingOut: mailboxes, $0).page
                }
                position = found.next
                // Most pages have nothing: no transaction is begun for them.
                guard !found.missing.isEmpty else { continue }
                let part = try await store.write { store in
                    // Once more, with the file to itself: what has been handled meanwhile is missing no longer.
                    let (page, organization) = try page(
                        of: walk,
                        after: from,
                        in: scope,
                        leavingOut: mailboxes,
                        store
                    )
                    let part = try messages(for: page.missing, under: round, from: first, in: organization, store)
                    _ = try store.enqueue(part.messages, lease: nil, at: clock.now)
                    return (report: part.report, count: part.messages.count, next: page.next)
                }
                position = part.next
                written += part.count
                report.add(part.report)
            } while position != nil
        }
        if report.undeliverable > 0 {
            logger.warning(
                "Some pages disagree with those of posts that the organization does not have",
                metadata: [LogKey.count: "\(report.undeliverable)"]
            )
        }
        return report
    }

    private func page(
        of walk: ReconcileWalk,
        after position: ReconcileWalk.Position?,
        in scope: ReconcileScope,
        leavingOut mailboxes: Set<Mailbox> = [],
        _ store: some StoreQueries
    ) throws -> (page: ReconcileWalk.Page, organization: Organization) {
        guard let organization = try organizations.organization(in: store)?.organization else {
            throw LocalDesk.NoOrganization()
        }
        var page = try walk.page(
            after: position,
            in: scope,
            limit: Self.pageSize,
            now: clock.now,
            store: store,
            isHosted: { selection.covers($0) }
        )
        if !mailboxes.isEmpty {
            page.missing.removeAll { mail in
                organization.mailbox(of: mail.target).map { mailboxes.contains($0) } ?? false
            }
        }
        return (page, organization)
    }

    /// Encodes mail and counts it.
    private func messages(
        for missing: [MissingMail],
        under round: ReconcileRound?,
        from first: Int,
        in organization: Organization,
        _ store: some StoreQueries
    ) throws -> (messages: [StoredMessage], report: ReconcileReport) {
        var report = ReconcileReport()
        var messages: [StoredMessage] = []
        let codec = MailCodec()
        for mail in missing {
            guard organization.mailbox(of: mail.target) != nil else {
                report.undeliverable += 1
                continue
            }
            report.mails[mail.body.event.rawValue, default: 0] += 1
            guard let round else { continue }
            let position = first + messages.count
            let told = try store.withFiles(mail.mail(in: round, at: position, now: clock.now))
            messages.append(try codec.encode(told, in: organization))
        }
        return (messages, report)
    }
}
