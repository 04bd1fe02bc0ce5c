//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import CoreMetrics
import GridModel
package import GridStore
import GridTraces
package import Logging
import ServiceLifecycle

/// Takes messages off the mailboxes and handles them: whatever has arrived, from all mailboxes, in one transaction,
/// acknowledged together after the commit. Where more has arrived than one takes, the mailboxes take turns.
///
/// Small when idle, for latency; large under load, for throughput.
package struct MailboxLoop: Service {
    /// The most messages in one transaction.
    static let batchSize = 1_000

    private let store: StateFile
    private let outbox: Outbox
    private let prober: AMQPConfiguration
    private let link: BrokerLink
    private let selection: MailboxSelection
    private let renewsMailboxes: Bool
    private let timing: CareTiming
    private let organizations: OrganizationCache
    private let organizationVersion: Threshold
    private let scaleVersion: Threshold
    private let gauge: WorkerGauge
    private let clock: WallClock
    private let readiness: Readiness
    private let losses: BrokerLosses
    private let pulse: Pulse
    private let metrics: NodeMetrics
    private let tracer: Tracer?
    private let executor = BlockingExecutor(label: "gridwork.mailboxes")
    private let logger: Logger

    /// Creates a loop over the mailboxes that `selection` picks.
    ///
    /// - Parameters:
    ///   - prober: How to connect for probing the mailboxes.
    ///   - renewsMailboxes: Whether a mailbox that gives no answer may be deleted and declared anew.
    ///   - timing: How often it looks after the mailboxes while it serves them.
    ///   - organizationVersion: Raised when another organization has been applied; the loop then declares and subscribes
    ///     anew.
    ///   - scaleVersion: Raised when operators want other workers; the subscriptions follow.
    ///   - gauge: Counts what is held and handled.
    ///   - losses: What was noted there is written when a connection has been made.
    ///   - pulse: Beats when the mailboxes begin to be served, and while messages come through.
    ///   - tracer: Keeps the spans of what is handled; nil where nobody traces.
    package init(
        store: StateFile,
        outbox: Outbox,
        prober: AMQPConfiguration,
        link: BrokerLink,
        selection: MailboxSelection,
        renewsMailboxes: Bool,
        timing: CareTiming,
        organizations: OrganizationCache,
        organizationVersion: Threshold,
        scaleVersion: Threshold,
        gauge: WorkerGauge,
        clock: WallClock,
        readiness: Readiness,
        losses: BrokerLosses,
        pulse: Pulse,
        metrics: NodeMetrics,
        tracer: Tracer?,
        logger: Logger
    ) {
        self.store = store
        self.outbox = outbox
        self.prober = prober
        self.link = link
        self.selection = selection
        self.renewsMailboxes = renewsMailboxes
        self.timing = timing
        self.organizations = organizations
        self.organizationVersion = organizationVersion
        self.scaleVersion = scaleVersion
        self.gauge = gauge
        self.clock = clock
        self.readiness = readiness
        self.losses = losses
        self.pulse = pulse
        self.metrics = metrics
        self.tracer = tracer
        self.logger = logger
    }

    /// Handles messages until the task is cancelled or, on a graceful stop, until the batch in hand is done.
    ///
    /// - Throws: ``HostedElsewhere`` when a mailbox belongs to another node, at the start or later; nothing is taken from any
    ///   mailbox then. `StoreError` and `AMQPError` as far as waiting cannot cure them.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                guard let (version, organization) = try await awaitOrganization(until: stopping) else { return }
                try await serve(organization, version: version, until: stopping)
            }
        } onGracefulShutdown: {
            stopping.set()
        }
    }

    /// Waits until an organization has been applied; nil when told to stop first.
    private func awaitOrganization(
        until stopping: StopFlag
    ) async throws -> (version: Int, organization: Organization)? {
        if let found = try await store.read({ try organizations.organization(in: $0) }) { return found }
        logger.notice("No organization yet; waiting for gridwork organization apply FILE")
        while !Task.isCancelled, !stopping.isSet {
            let version = organizationVersion
            _ = try await stopping.race { await version.wait(above: 0) }
            if let found = try await store.read({ try organizations.organization(in: $0) }) { return found }
        }
        return nil
    }

    /// Serves the mailboxes of an organization until told to stop or until another one is applied.
    private func serve(_ organization: Organization, version: Int, until stopping: StopFlag) async throws {
        let ended = StopFlag()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await organizationVersion.wait(above: version)
                ended.set()
            }
            group.addTask {
                await stopping.wait()
                ended.set()
            }
            defer { group.cancelAll() }
            // Nothing was acknowledged, so the broker delivers again what the state file could not take.
            try await StoreTrouble.riddenOut(
                until: ended,
                saying: "The state file could not be written; trying again",
                to: logger
            ) {
                _ = try await ended.race {
                    try await link.run { connection in
                        try await losses.write()
                        try await serve(organization, version: version, over: connection)
                    }
                }
            }
        }
    }

    private func serve(_ organization: Organization, version: Int, over connection: AMQPConnection) async throws {
        let mailboxes = selection.mailboxes(in: organization)
        // Before anything is claimed or declared: afterwards nobody can tell what was there.
        try await LostMailboxes(store: store, losses: losses, logger: logger).note(among: mailboxes, over: connection)
        let claim = HostClaim(nodeID: try await store.read { try $0.nodeID() })
        try await claim.claim(mailboxes, over: connection)
        let topology = GridTopology.topology(of: mailboxes)
        try await connection.apply(AMQPTopology(exchanges: topology.exchanges, queues: topology.queues))
        // Probes do not go through the exchanges, and so need not wait for the bindings.
        async let bound: Void = connection.apply(AMQPTopology(bindings: topology.bindings))
        let silent = try await silent(among: mailboxes)
        try await bound
        let served = silent.isEmpty ? mailboxes : mailboxes.filter { !silent.contains($0) }
        let care = MailboxCare(
            prober: prober,
            mailboxes: mailboxes,
            silent: silent,
            mayRenew: renewsMailboxes,
            claim: claim,
            gauge: gauge,
            timing: timing,
            pulse: pulse,
            metrics: metrics,
            logger: logger
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            if !served.isEmpty {
                group.addTask {
                    gauge.begin()
                    // Others take the mailboxes over when this is told: not before the channel is closed.
                    defer { gauge.forget() }
                    try await connection.withChannel { channel in
                        try await take(
                            from: served,
                            of: Set(mailboxes).count,
                            in: organization,
                            version: version,
                            over: channel,
                            at: connection.address
                        )
                    }
                }
            }
            group.addTask { try await care.run(over: connection) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// The mailboxes that give no answer: one of them would hold up the subscriptions of all behind it.
    private func silent(among mailboxes: [Mailbox]) async throws -> [Mailbox] {
        // In one that is paused a probe would stay, and another at each start.
        let rules = try await store.read { try $0.scaleRules() }
        let probed = mailboxes.filter { !rules.scale(of: $0).isAtRest }
        return try await AMQPConnection.withConnection(prober, logger: logger) { probing in
            try await MailboxProbe.silent(among: probed, over: probing, within: MailboxCare.firstLimit)
        }
    }

    /// Takes and handles what arrives, from as many mailboxes as operators want served, until the task is cancelled.
    ///
    /// - Parameter breadth: How many mailboxes the process is there for, those counted that take no messages.
    private func take(
        from mailboxes: [Mailbox],
        of breadth: Int,
        in organization: Organization,
        version: Int,
        over channel: AMQPChannel,
        at address: AMQPAddress
    ) async throws {
        let (gate, read) = (AcknowledgementGate(), Threshold())
        let keeper = SubscriptionKeeper(
            store: store,
            name: outbox.owner,
            organization: organization,
            organizationVersion: version,
            mailboxes: mailboxes,
            breadth: breadth,
            scaleVersion: scaleVersion,
            gauge: gauge,
            gate: gate,
            read: read,
            metrics: metrics,
            logger: logger,
            silent: { [prober, logger] newcomers in
                try await AMQPConnection.withConnection(prober, logger: logger) { probing in
                    try await MailboxProbe.silent(among: newcomers, over: probing, within: MailboxCare.firstLimit)
                }
            },
            acknowledge: { try await acknowledge($0, on: channel) }
        )
        guard let start = try await keeper.begin() else { return }
        let consumer = try await channel.consume(
            SubscriptionKeeper.subscriptions(start.plan.shares.mapValues(\.window))
        )
        keeper.noteFollowed(start)
        defer { metrics.count(served: 0, left: 0) }
        pulse.beat()
        readiness.becomeReady(mailboxes: start.plan.shares.count, at: address)
        defer { readiness.cease() }
        let writer = BatchWriter(
            store: store,
            outbox: outbox,
            handler: MessageHandler(organization: organization, clock: clock, logger: logger),
            clock: clock,
            metrics: metrics,
            tracer: tracer
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await handle(consumer, on: channel, through: gate, counting: read, with: writer) }
            group.addTask { try await keeper.follow(from: start, with: consumer) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Handles what arrives until no more comes: a batch is read while the one before it is being written.
    private func handle(
        _ consumer: AMQPConsumer,
        on channel: AMQPChannel,
        through gate: AcknowledgementGate,
        counting read: Threshold,
        with writer: BatchWriter
    ) async throws {
        let readAhead = ReadAhead()
        // What is not acknowledged on this channel is delivered again on another.
        defer { metrics.inFlight.set(0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { readAhead.finish() }
                while let batch = try await consumer.nextBatch(maximum: Self.batchSize) {
                    let items = batch.map { delivery in
                        ReadAhead.Item(
                            deliveryTag: delivery.deliveryTag,
                            queue: delivery.queue,
                            candidate: MailboxProbe.isProbe(delivery)
                                ? nil
                                : Quarantine.Candidate(delivery, nodeUser: prober.username, with: writer.handler)
                        )
                    }
                    gauge.arrived(Self.counted(items))
                    read.raise(to: read.value + items.count)
                    metrics.inFlight.increment(by: Double(items.count))
                    readAhead.add(items)
                }
            }
            group.addTask {
                try await withTaskCancellationHandler {
                    // A transaction and the acknowledgement of what it handled belong together once begun.
                    try await settled {
                        try await withTaskExecutorPreference(executor) {
                            try await handle(readAhead, on: channel, through: gate, with: writer)
                        }
                    }
                } onCancel: {
                    readAhead.stop()
                }
            }
            // The first to fail ends the other.
            for try await _ in group {}
        }
    }

    /// Handles what has been read, and acknowledges it, until no more comes.
    private func handle(
        _ readAhead: ReadAhead,
        on channel: AMQPChannel,
        through gate: AcknowledgementGate,
        with writer: BatchWriter
    ) async throws {
        while let batch = await readAhead.next(atMost: Self.batchSize, under: { gauge.plan }) {
            CrashPoint.reach(.delivered)
            let start = ContinuousClock.now
            let messages = batch.compactMap(\.candidate)
            if !messages.isEmpty { try await writer.handle(messages) }
            try await acknowledge(gate.pass(batch), handledIn: .now - start, on: channel)
            gate.settle()
            CrashPoint.reach(.acknowledged)
        }
    }

    /// Acknowledges what was handled.
    private func acknowledge(
        _ items: [ReadAhead.Item],
        handledIn duration: Duration = .zero,
        on channel: AMQPChannel
    ) async throws {
        if !items.isEmpty { try await channel.acknowledge(items.map(\.deliveryTag)) }
        gauge.handled(Self.counted(items), in: duration)
        metrics.inFlight.decrement(by: Double(items.count))
    }

    /// How many messages of each mailbox there are, and when the first and the last of them were sent.
    private static func counted(_ items: [ReadAhead.Item]) -> [String: WorkerGauge.Portion] {
        var portions: [String: WorkerGauge.Portion] = [:]
        // The broker sends those of a mailbox in runs.
        var start = items.startIndex
        while start < items.endIndex {
            let first = items[start]
            let end = items[start...].firstIndex { $0.queue != first.queue } ?? items.endIndex
            var portion = portions[first.queue] ?? WorkerGauge.Portion(count: 0, firstTime: first.time)
            portion.count += end - start
            portion.lastTime = items[end - 1].time ?? portion.lastTime
            portions[first.queue] = portion
            start = end
        }
        return portions
    }
}
