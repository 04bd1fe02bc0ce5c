//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
package import CoreMetrics
package import GridStore
package import Logging
package import ServiceLifecycle
import UnixSignals

/// A process of a node: its services, wired together.
package struct Node: Sendable {
    /// How long to wait between attempts to reach the broker. At most a second: a node has to be at work again five seconds
    /// after the broker is, and has mailboxes to declare, to probe and to subscribe to.
    static let backoff = AMQPBackoff(maximum: .seconds(1))

    /// The services in the order they start; they stop in reverse, so that the relay outlives those that feed it.
    package let services: [any Service]
    /// Tells when the mailboxes are being served.
    package let readiness: Readiness
    /// Tells whether the process is at work on its mailboxes.
    package let pulse = Pulse()
    /// Tells whether the process does what it is there for.
    package let health: Health
    /// Its connections to the broker.
    package let links: [BrokerLink]
    /// Records what it does; nil where nobody traces.
    package let tracer: Tracer?

    /// Wires a process of a node.
    ///
    /// - Parameters:
    ///   - configuration: What it serves and where.
    ///   - store: Its state file, open.
    ///   - clock: What time it is.
    ///   - metrics: Where it counts what it does.
    ///   - instance: Tells several nodes of one process apart; for tests.
    package init(
        _ configuration: NodeConfiguration,
        store: StateFile,
        clock: WallClock = .system,
        metrics factory: any MetricsFactory = NOOPMetricsHandler.instance,
        instance: Int = 0,
        logger: Logger
    ) {
        let metrics = NodeMetrics(factory: factory)
        let tracer = configuration.traces.map { Tracer($0, metrics: factory) }
        self.tracer = tracer
        let outbox = Outbox(owner: .current(instance))
        let organizations = OrganizationCache()
        let organizationVersion = Threshold()
        let scaleVersion = Threshold()
        let gauge = WorkerGauge()
        let timers = Signal()
        readiness = Readiness(logger: logger)
        func broker(_ purpose: String) -> AMQPConfiguration {
            var broker = configuration.broker
            broker.connectionName = "gridwork \(purpose) \(outbox.owner)"
            return broker
        }
        let losses = BrokerLosses(store: store)
        func link(
            _ purpose: BrokerLink.Purpose,
            onFailure: @escaping @Sendable () -> Void = {}
        ) -> BrokerLink {
            let failures = metrics.connectionFailures(of: purpose)
            let supervisor = AMQPSupervisor(
                configuration: broker(purpose.rawValue),
                backoff: Self.backoff,
                logger: logger,
                onFailure: { error in
                    failures.increment()
                    if error.mayMeanDeletedQueue { losses.note() }
                    onFailure()
                },
                onRefusal: { error in
                    logger.warning(
                        "The broker refuses this node now; it keeps trying",
                        metadata: [LogKey.reason: "\(error)"]
                    )
                }
            )
            // Who looks after the mailboxes sends itself a message too, and has a pulse by it. The relay publishes anyway.
            let probe = LinkProbe(
                interval: configuration.care.interval,
                echo: Echo(sender: purpose == .relay ? nil : broker("probe"), logger: logger),
                took: metrics.echo(over: purpose)
            )
            return BrokerLink(purpose, supervisor: supervisor, probe: purpose == .mailboxes ? nil : probe)
        }
        let relayLink = link(.relay)
        let mailboxLink = link(.mailboxes, onFailure: { [pulse] in pulse.beat() })
        let reconcileLink = link(.reconcile)
        let filesLink = link(.files)
        let probe = StateFileProbe(store: store, logger: logger)
        health = Health(
            stateFileAge: { probe.age },
            signs: Health.Signs(
                readiness: readiness,
                pulse: pulse,
                mailboxes: mailboxLink,
                silence: configuration.broker.heartbeat * 2,
                gauge: gauge,
                timing: configuration.care
            )
        )
        let relay = Relay(
            store: store,
            outbox: outbox,
            link: relayLink,
            organizations: organizations,
            readiness: readiness,
            losses: losses,
            metrics: metrics,
            tracer: tracer,
            clock: clock,
            logger: logger
        )
        let watch = StateWatch(
            store: store,
            outbox: outbox,
            timers: timers,
            organizationVersion: organizationVersion,
            scaleVersion: scaleVersion,
            losses: losses,
            logger: logger
        )
        let timekeeper = Timekeeper(
            store: store,
            outbox: outbox,
            organizations: organizations,
            clock: clock,
            signal: timers,
            metrics: metrics,
            tracer: tracer,
            logger: logger
        )
        let mailboxes = MailboxLoop(
            store: store,
            outbox: outbox,
            prober: broker("probe"),
            link: mailboxLink,
            selection: configuration.mailboxes,
            renewsMailboxes: configuration.renewsMailboxes,
            timing: configuration.care,
            organizations: organizations,
            organizationVersion: organizationVersion,
            scaleVersion: scaleVersion,
            gauge: gauge,
            clock: clock,
            readiness: readiness,
            losses: losses,
            pulse: pulse,
            metrics: metrics,
            tracer: tracer,
            logger: logger
        )
        let reconcile = ReconcileService(
            store: store,
            reconciler: Reconciler(
                store: store,
                selection: configuration.mailboxes,
                organizations: organizations,
                clock: clock,
                logger: logger
            ),
            link: reconcileLink,
            selection: configuration.mailboxes,
            organizations: organizations,
            readiness: readiness,
            losses: losses,
            timing: configuration.reconcile,
            clock: clock,
            logger: logger
        )
        let registry = WorkerRegistry(
            store: store,
            name: outbox.owner,
            duties: configuration.duties,
            selection: configuration.mailboxes,
            gauge: gauge,
            logger: logger
        )
        let autoscaler = Autoscaler(
            store: store,
            name: outbox.owner,
            supervisor: AMQPSupervisor(configuration: broker("scaling"), backoff: Self.backoff, logger: logger),
            selection: configuration.mailboxes,
            organizations: organizations,
            scaleVersion: scaleVersion,
            interval: configuration.autoscaleInterval,
            clock: clock,
            logger: logger
        )
        let files = FileKeeper(store: store, clock: clock, logger: logger)
        let housekeeper = Housekeeper(
            store: store,
            archiveAge: configuration.archiveAge,
            readiness: readiness,
            clock: clock,
            logger: logger
        )
        let exchange = FileExchange(
            store: store,
            link: filesLink,
            quota: configuration.fileQuota,
            logger: logger
        )
        // The first to start is the last to stop: it sends what the others tell while they do.
        let telling = tracer.map { [TraceExporter($0, logger: logger)] } ?? []
        switch configuration.duties {
        case .node:
            links = [relayLink, mailboxLink, reconcileLink, filesLink]
            services =
                telling + [
                    relay, watch, timekeeper, files, housekeeper, exchange, reconcile, registry, autoscaler, mailboxes,
                    probe,
                ]
        case .worker:
            links = [relayLink, mailboxLink]
            services = telling + [relay, watch, registry, mailboxes, probe]
        }
    }

    /// Runs the services until the process is told to stop.
    ///
    /// SIGTERM or SIGINT stops gracefully: what is in hand is finished within `stopLimit`. A second one ends the
    /// process at once.
    ///
    /// - Parameters:
    ///   - metrics: Where it counts what it does.
    ///   - additional: Makes the services that run beside the node's and stop before them.
    /// - Throws: What made a service fail.
    package static func run(
        _ configuration: NodeConfiguration,
        store: StateFile,
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        additional: (Node) -> [any Service] = { _ in [] },
        logger: Logger
    ) async throws {
        let node = Node(configuration, store: store, metrics: metrics, logger: logger)
        let notices = ServiceManagerNotices(
            readiness: node.readiness,
            pulseAge: { node.pulse.age },
            patience: configuration.care.pulseLimit
        )
        var group = ServiceGroupConfiguration(
            services: ([ImpatientStop(logger: logger)] + node.services + additional(node) + [notices]).map {
                .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger
        )
        group.maximumGracefulShutdownDuration = configuration.stopLimit
        try await ServiceGroup(configuration: group).run()
    }
}
