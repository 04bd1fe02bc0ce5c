//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridRuntime
package import GridStore
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves the HTTP API of a node until it is told to stop.
package struct APIServer: Service {
    let services: APIServices
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// Creates a server over a state file.
    ///
    /// - Parameters:
    ///   - store: The state file, open; requests of several processes on one file see each other's changes.
    ///   - configuration: How it is served.
    ///   - operations: What an operator sees of the broker; nil where there is none to ask.
    ///   - clock: What time it is.
    ///   - logger: Where it logs.
    ///   - onRunning: Called with the port once it listens.
    package init(
        store: StateFile,
        configuration: APIConfiguration,
        operations: (any OperationsDesk)? = nil,
        clock: WallClock = .system,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        services = APIServices(
            store: store,
            configuration: configuration,
            operations: operations,
            clock: clock,
            logger: logger
        )
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the task is cancelled or told to stop; requests that are being answered are answered.
    ///
    /// - Throws: What keeps it from listening.
    package func run() async throws {
        try await application().run()
    }

    /// All routes, with an answer for every method.
    func router() -> Router<APIContext> {
        let router = APIRouter.build(services)
        APIRouter.refuseOtherMethods(in: router)
        return router
    }

    private func application() -> some ApplicationProtocol {
        let configuration = services.configuration
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    idleTimeout: .seconds(60),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: 16_384,
                        maxHeaderListSize: 32_768,
                        maxHeaderFieldCount: 100
                    )
                )
            ),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(configuration.connectionLimit, logger: logger)
            ),
            onServerRunning: { [logger, onRunning] channel in
                let port = channel.localAddress?.port ?? configuration.port
                logger.notice(
                    "Serving the HTTP API",
                    metadata: [LogKey.address: "\(configuration.host):\(port)"]
                )
                await onRunning(port)
            },
            logger: logger
        )
    }
}
