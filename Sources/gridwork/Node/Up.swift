//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridMetrics
import GridPush
import GridRuntime
import ServiceLifecycle

/// `gridwork up`: all of a node in one process.
struct Up: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run all of a node in one process: mailboxes, relay, clock, pushes and HTTP API.",
        discussion: "SIGTERM or SIGINT finishes what is in hand and stops; a second one stops at once."
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws {
        let settings = context.settings
        let configuration = NodeConfiguration(
            broker: settings.broker,
            statePath: settings.statePath,
            mailboxes: settings.hosted,
            stopLimit: settings.stopLimit,
            renewsMailboxes: settings.renewsMailboxes,
            fileQuota: settings.fileQuota,
            archiveAge: settings.archiveAge,
            traces: settings.traces
        )
        let gateway = try settings.smsGateway()
        try await context.withStore { store in
            let operations = BrokerOperations(
                store: store,
                broker: settings.broker,
                selection: settings.hosted,
                logger: context.logger
            )
            let registry = MetricsRegistry(
                NodeMetrics.descriptions + RequestMetrics.descriptions + TraceMetrics.descriptions
                    + PushMetrics.descriptions
            )
            func servers(_ node: Node) -> [any Service] {
                let page = MetricsPage(
                    registry: registry,
                    version: gridworkVersion,
                    health: node.health,
                    node: node,
                    store: store,
                    logger: context.logger
                )
                var servers = PushServices.services(
                    store: store,
                    texts: PushText(publicURL: settings.publicURL, zone: settings.zone),
                    zone: settings.zone,
                    gateway: gateway,
                    metrics: registry,
                    logger: context.logger
                )
                if let address = settings.metrics {
                    servers.append(
                        MetricsServer(at: address, page: page, health: node.health, logger: context.logger)
                    )
                }
                if let http = settings.http {
                    servers.append(
                        APIServer(
                            store: store,
                            configuration: http,
                            operations: operations,
                            health: node.health,
                            metrics: page,
                            tracer: node.tracer,
                            logger: context.logger
                        )
                    )
                }
                return servers
            }
            try await Node.run(
                configuration,
                store: store,
                metrics: registry,
                additional: servers,
                logger: context.logger
            )
        }
    }
}
