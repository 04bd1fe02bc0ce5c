//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
package import GridStore
package import Logging
import ServiceLifecycle

/// Compares pages by itself: at once when the broker lost something, and now and then when nothing is on its way.
package struct ReconcileService: Service {
    /// How often, and what is left alone.
    package struct Timing: Sendable {
        /// How long between two rounds at rest.
        package var interval: Duration
        /// How long a page must have rested, in milliseconds, before a round at rest looks at it.
        package var quietMilliseconds: Int64

        /// Creates a timing.
        package init(interval: Duration = .seconds(300), quietMilliseconds: Int64 = 60_000) {
            self.interval = interval
            self.quietMilliseconds = quietMilliseconds
        }
    }

    /// How long a round after a loss waits for what the outbox holds to be sent.
    static let drainLimit = Duration.seconds(30)
    /// A round at rest that found something on its way is tried again this much earlier.
    static let impatience = 10
    /// How long a state file that could not be written is left alone.
    static let storeRest = Duration.seconds(1)

    private let store: StateFile
    private let reconciler: Reconciler
    private let link: BrokerLink
    private let selection: MailboxSelection
    private let organizations: OrganizationCache
    private let readiness: Readiness
    private let losses: BrokerLosses
    private let timing: Timing
    private let clock: WallClock
    private let logger: Logger

    /// Creates the service.
    ///
    /// - Parameter readiness: Of the mailboxes that `selection` picks, which the same process serves.
    package init(
        store: StateFile,
        reconciler: Reconciler,
        link: BrokerLink,
        selection: MailboxSelection,
        organizations: OrganizationCache,
        readiness: Readiness,
        losses: BrokerLosses,
        timing: Timing = Timing(),
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.reconciler = reconciler
        self.link = link
        self.selection = selection
        self.organizations = organizations
        self.readiness = readiness
        self.losses = losses
        self.timing = timing
        self.clock = clock
        self.logger = logger
    }

    /// Compares until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                try await StoreTrouble.riddenOut(
                    until: stopping,
                    saying: "The node could not be marked as known; trying again",
                    to: logger
                ) {
                    _ = try await stopping.race { try await link.run { try await serve($0) } }
                }
            }
        } onGracefulShutdown: {
            stopping.set()
        }
    }

    private func serve(_ connection: AMQPConnection) async throws {
        try await losses.write()
        try await findMarker(connection)
        var next = ContinuousClock.now + timing.interval / Self.impatience
        while !Task.isCancelled {
            do {
                if let loss = try await store.read({ try $0.pendingLoss() }) {
                    try await roundAfterLoss(connection)
                    try await store.write { try $0.markMadeGood(upTo: loss) }
                    // What was on its way to a mailbox as it was deleted may be confirmed, and lost, after this round.
                    next = .now + .milliseconds(timing.quietMilliseconds) + timing.interval / Self.impatience
                } else if .now >= next {
                    let isDone = try await roundAtRest(connection)
                    next = .now + (isDone ? timing.interval : timing.interval / Self.impatience)
                }
            } catch let error as StoreError where error.code == .busy || error.code == .full {
                logger.error("The state file could not be written; trying again", error: error)
                next = .now + timing.interval / Self.impatience
                try await Task.sleep(for: Self.storeRest)
            }
            await losses.wait(atMost: next - .now)
        }
        try Task.checkCancellation()
    }

    // MARK: The marker

    /// The name of the queue that says that a broker has known a node before.
    static func marker(of node: String) -> String { "gridwork.node.\(node)" }

    /// Looks for the queue that says that this broker has known this node before, and declares it.
    ///
    /// A node that is new is known once it has served its mailboxes. Until then nothing of it can be lost, and nobody looks
    /// whether something is: with 4,504 mailboxes that were never there, that took 20 s of its first start.
    private func findMarker(_ connection: AMQPConnection) async throws {
        let (id, isMarked) = try await store.read { (try $0.nodeID(), try $0.nodeIsMarked()) }
        let marker = Self.marker(of: id)
        if isMarked, try await connection.status(of: marker) == nil {
            logger.warning("The broker forgot this node; comparing the pages", metadata: [LogKey.queue: "\(marker)"])
            try await noteLoss()
        } else if !isMarked {
            await readiness.waitUntilFirstReady()
            try Task.checkCancellation()
        }
        try await connection.withChannel { channel in
            // Never written to. Replicated, so that it does not look lost while one node of a cluster is down.
            _ = try await channel.declare(.quorum(marker))
        }
        guard !isMarked else { return }
        try await store.write { try $0.markNode(at: clock.now) }
        logger.info("The broker knows this node from now on", metadata: [LogKey.queue: "\(marker)"])
    }

    // MARK: Rounds

    private func roundAfterLoss(_ connection: AMQPConnection) async throws {
        guard let organization = try await organization() else { return }
        let mailboxes = MailboxSelection().mailboxes(in: organization)
        try await connection.apply(GridTopology.topology(of: mailboxes))
        try await waitForOutbox()
        report(try await reconciler.run(reconciler.everything))
    }

    /// Waits until what was written before this has been sent, for a while: it would only be told twice.
    private func waitForOutbox() async throws {
        let changes = try store.changes()
        let drained = StopFlag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                if try await isOutboxEmpty() { return drained.set() }
                for await _ in changes where try await isOutboxEmpty() { return drained.set() }
            }
            group.addTask { try await Task.sleep(for: Self.drainLimit) }
            try await group.next()
            group.cancelAll()
        }
        if !drained.isSet { logger.info("Comparing pages while the outbox still holds messages") }
    }

    private func isOutboxEmpty() async throws -> Bool {
        try await store.read { try $0.outboxStatus().count == 0 }
    }

    /// - Returns: Whether the round took place: nothing was on its way.
    private func roundAtRest(_ connection: AMQPConnection) async throws -> Bool {
        // Until then mailboxes may be missing because they are being declared: thousands of new ones take a minute.
        guard readiness.isServed else { return false }
        guard let organization = try await organization(), try await isOutboxEmpty() else { return false }
        let rules = try await store.read { try $0.scaleRules() }
        var paused: Set<Mailbox> = []
        let mailboxes = selection.mailboxes(in: organization)
        let statuses = try await connection.statuses(of: mailboxes.map(\.name))
        for mailbox in mailboxes {
            guard let status = statuses[mailbox.name] else {
                // Lost, or of an organization applied this moment: the next round declares it and looks at everything.
                logger.notice("A mailbox is missing", metadata: [LogKey.queue: "\(mailbox.name)"])
                try await noteLoss()
                return false
            }
            if status.messageCount == 0 { continue }
            // What waits in a mailbox that nobody serves on purpose is not lost, and no reason to leave all others alone.
            guard rules.scale(of: mailbox).isAtRest else { return false }
            paused.insert(mailbox)
        }
        let scope = reconciler.rested(for: timing.quietMilliseconds)
        report(try await reconciler.run(scope, leavingOut: paused))
        return true
    }

    private func noteLoss() async throws {
        losses.note()
        try await losses.write()
    }

    private func report(_ report: ReconcileReport) {
        guard report.total > 0 else { return logger.debug("The pages agree") }
        logger.notice(
            "Pages disagreed; sent again what was lost",
            metadata: [LogKey.count: "\(report.total)", LogKey.reason: "\(report.summary)"]
        )
    }

    private func organization() async throws -> Organization? {
        try await store.read { try organizations.organization(in: $0)?.organization }
    }
}
