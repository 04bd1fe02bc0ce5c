//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
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
        let operations = BrokerOperations(
            broker: context.settings.broker,
            selection: context.settings.hosted,
            logger: context.logger
        )
        try await context.withStore { store in
            let probe = StateFileProbe(store: store, logger: context.logger)
            var group = ServiceGroupConfiguration(
                services: [
                    .init(service: ImpatientStop(logger: context.logger)),
                    .init(service: probe, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(
                        service: APIServer(
                            store: store,
                            configuration: http,
                            operations: operations,
                            health: Health(stateFileAge: { probe.age }),
                            logger: context.logger
                        ),
                        successTerminationBehavior: .gracefullyShutdownGroup
                    ),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint],
                logger: context.logger
            )
            group.maximumGracefulShutdownDuration = context.settings.stopLimit
            try await ServiceGroup(configuration: group).run()
        }
    }
}
