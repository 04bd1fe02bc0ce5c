//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridRuntime
package import GridStore
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
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
    ///   - health: Whether this process does what it is there for.
    ///   - metrics: The figures of this process, and where requests are counted; nil where nobody counts.
    ///   - tracer: Keeps the spans of commands; nil where nobody traces.
    ///   - clock: What time it is.
    ///   - logger: Where it logs.
    ///   - onRunning: Called with the port once it listens.
    package init(
        store: StateFile,
        configuration: APIConfiguration,
        operations: (any OperationsDesk)? = nil,
        health: Health = Health(),
        metrics: MetricsPage? = nil,
        tracer: Tracer? = nil,
        clock: WallClock = .system,
        logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        services = APIServices(
            store: store,
            configuration: configuration,
            operations: operations,
            health: health,
            metrics: metrics,
            tracer: tracer,
            clock: clock,
            logger: logger
        )
        self.logger = logger
        self.onRunning = onRunning
    }

    /// Serves until the task is cancelled or told to stop; requests that are being answered are answered.
    ///
    /// - Throws: `CannotServe` when it cannot listen.
    package func run() async throws {
        do {
            try await application().run()
        } catch let error as IOError {
            let address = "\(services.configuration.host):\(services.configuration.port)"
            throw CannotServe(
                description: "http.address: cannot listen on \(address): \(error); choose another one, or off"
            )
        }
    }

    /// All routes, with an answer for every method.
    func router() -> Router<APIContext> {
        let router = APIRouter.build(services)
        APIRouter.refuseOtherMethods(in: router)
        return router
    }

    private func application() throws -> some ApplicationProtocol {
        let configuration = services.configuration
        return Application(
            router: router(),
            server: try builder(),
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

    private func builder() throws -> HTTPServerBuilder {
        let plain = HTTPServerBuilder.http1(
            configuration: .init(
                idleTimeout: .seconds(60),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: 16_384,
                    maxHeaderListSize: 32_768,
                    maxHeaderFieldCount: 100
                )
            )
        )
        guard let files = services.configuration.certificate else { return plain }
        do {
            var tls = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMFile(files.chain).map { .certificate($0) },
                privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
            )
            tls.minimumTLSVersion = .tlsv12
            return try .tls(plain, tlsConfiguration: tls)
        } catch {
            throw CannotServe(
                description: "http.certificate, http.key: \(files.chain) and \(files.key) cannot be used; "
                    + "give a certificate and its key, both PEM files that this user may read: \(error)"
            )
        }
    }

    /// The settings do not allow the API to be served.
    package struct CannotServe: Error, CustomStringConvertible {
        package let description: String
    }
}
