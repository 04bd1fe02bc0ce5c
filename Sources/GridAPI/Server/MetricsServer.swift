//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridRuntime
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle

/// Serves health and metrics alone, to anybody who reaches the address: for processes without an API, and for machines
/// whose watchers have a network of their own.
package struct MetricsServer: Service {
    /// Where it listens.
    package struct Address: Sendable, Hashable {
        /// The host.
        package let host: String
        /// The port; 0 for any that is free.
        package let port: Int

        /// Creates an address.
        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    /// How many connections are held at once: those who watch are few.
    private static let connectionLimit = 32

    private let address: Address
    private let page: MetricsPage
    private let health: Health
    private let logger: Logger
    private let onRunning: @Sendable (Int) async -> Void

    /// Creates a server.
    ///
    /// - Parameter onRunning: Called with the port once it listens.
    package init(
        at address: Address,
        page: MetricsPage,
        health: Health,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.address = address
        self.page = page
        self.health = health
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the task is cancelled or told to stop.
    ///
    /// - Throws: What keeps it from listening.
    package func run() async throws {
        let router = Router()
        HealthRoutes(health: health).add(to: router)
        router.get("/metrics") { [page] _, _ in Response.metrics(await page.text()) }
        try await Application(
            router: router,
            server: .http1(configuration: .init(idleTimeout: .seconds(60))),
            configuration: .init(
                address: .hostname(address.host, port: address.port),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit, logger: logger)
            ),
            onServerRunning: { [address, logger, onRunning] channel in
                let port = channel.localAddress?.port ?? address.port
                logger.notice("Serving metrics and health", metadata: [LogKey.address: "\(address.host):\(port)"])
                await onRunning(port)
            },
            logger: logger
        ).run()
    }
}
