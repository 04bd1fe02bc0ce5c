//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridMetrics
import GridRuntime
import ServiceLifecycle
import UnixSignals

/// `gridwork serve`: the HTTP API alone.
struct Serve: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the HTTP API alone, beside a node on the same machine or without one.",
        discussion: "Shares the node's state file. Commands work also while no node runs; they are sent when one does."
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws {
        guard let http = context.settings.http else {
            throw CommandFailure.usage("http.address is off; name the address to serve at, for instance 127.0.0.1:8080")
        }
        try await context.withStore { store in
            let operations = BrokerOperations(
                store: store,
                broker: context.settings.broker,
                selection: context.settings.hosted,
                logger: context.logger
            )
            let probe = StateFileProbe(store: store, logger: context.logger)
            let health = Health(stateFileAge: { probe.age })
            let registry = MetricsRegistry(RequestMetrics.descriptions + TraceMetrics.descriptions)
            let tracer = context.settings.traces.map { Tracer($0, metrics: registry) }
            let page = MetricsPage(
                registry: registry,
                version: gridworkVersion,
                health: health,
                store: store,
                logger: context.logger
            )
            var services: [any Service] = tracer.map { [TraceExporter($0, logger: context.logger)] } ?? []
            services += [
                probe,
                APIServer(
                    store: store,
                    configuration: http,
                    operations: operations,
                    health: health,
                    metrics: page,
                    tracer: tracer,
                    logger: context.logger
                ),
            ]
            if let address = context.settings.metrics {
                services.append(MetricsServer(at: address, page: page, health: health, logger: context.logger))
            }
            var group = ServiceGroupConfiguration(
                services: ([ImpatientStop(logger: context.logger)] + services).map {
                    .init(service: $0, successTerminationBehavior: .gracefullyShutdownGroup)
                },
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: context.logger
            )
            group.maximumGracefulShutdownDuration = context.settings.stopLimit
            try await ServiceGroup(configuration: group).run()
        }
    }
}
