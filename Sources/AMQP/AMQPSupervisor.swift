//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

public import Logging
import Synchronization

/// Keeps a connection up: connects, runs a body, and does all of it again when the connection is lost.
public struct AMQPSupervisor: Sendable {
    /// How long a connection has stood that was accepted in earnest: permissions that are lacking show at the first
    /// declaration.
    private static let trial = Duration.seconds(1)

    /// Whether a connection has stood that long, in this run or an earlier one.
    private final class Acceptance: Sendable {
        private let state = Mutex(false)

        var isGiven: Bool { state.withLock(\.self) }

        func give() { state.withLock { $0 = true } }
    }

    private let acceptance = Acceptance()
    private let configuration: AMQPConfiguration
    private let backoff: AMQPBackoff
    private let logger: Logger
    private let onFailure: (@Sendable (AMQPError) -> Void)?
    private let onRefusal: (@Sendable (AMQPError) -> Void)?

    /// Makes a supervisor.
    ///
    /// - Parameters:
    ///   - configuration: Where and how to connect.
    ///   - backoff: How long to wait between attempts.
    ///   - logger: Receives losses and recoveries, at level info.
    ///   - onFailure: Called with every error after which the body starts over.
    ///   - onRefusal: Called for every attempt that a broker refuses which had accepted an earlier one, since somebody may
    ///     have to look.
    public init(
        configuration: AMQPConfiguration,
        backoff: AMQPBackoff = AMQPBackoff(),
        logger: Logger,
        onFailure: (@Sendable (AMQPError) -> Void)? = nil,
        onRefusal: (@Sendable (AMQPError) -> Void)? = nil
    ) {
        self.configuration = configuration
        self.backoff = backoff
        self.logger = logger
        self.onFailure = onFailure
        self.onRefusal = onRefusal
    }

    /// Runs `body` on a connection, again and again until it returns.
    ///
    /// The body brings up everything it needs: channels, topology, consumers. It starts over on a new connection after
    /// every ``AMQPError`` that is retriable, whether the first connection cannot be made or an old one broke. When the
    /// connection ends while the body is busy with something else, the body is cancelled and then starts over. Between
    /// attempts there is a wait, which is short again once a connection has lived longer than the longest wait.
    ///
    /// Where the configuration has several addresses, an attempt is a round over all of them. Who loses a connection begins
    /// the next round at once, at another address, and waits only after as many losses in a row as there are addresses.
    ///
    /// A broker that refuses a login, or what a body does at first, is configured otherwise, and the error is thrown. One
    /// on which a connection has stood for a second and that refuses it now has lost its virtual host, its users or their
    /// permissions, and gets them back when somebody restores them: it is asked again and again.
    ///
    /// - Parameter body: What to do with the connection.
    /// - Throws: An ``AMQPError`` that is not retriable (at first wrong credentials, lacking permissions, an unknown virtual
    ///   host, refused certificates; at any time what can never be accepted), anything else that the body throws, or promptly `CancellationError`.
    public func run(_ body: @escaping @Sendable (AMQPConnection) async throws -> Void) async throws {
        var generator = SystemRandomNumberGenerator()
        var failures = 0
        var last: AMQPAddress?
        while true {
            let start = MonotonicTime.now
            var accepted: MonotonicTime?
            do {
                return try await AMQPConnection.withConnection(
                    configuration,
                    avoiding: last,
                    logger: logger
                ) { connection in
                    accepted = .now
                    last = connection.address
                    if failures > 0 {
                        logger.info(
                            "Connected to the broker again.",
                            metadata: metadata([connection.address], failures)
                        )
                    }
                    try await Self.run(body, connection)
                }
            } catch let error as AMQPError {
                if let accepted, .now - accepted >= Self.trial { acceptance.give() }
                guard error.isRetriable || (acceptance.isGiven && error.isRefusal) else { throw error }
                onFailure?(error)
                try Task.checkCancellation()
                if !error.isRetriable { onRefusal?(error) }
                failures = .now - start > backoff.maximum ? 1 : failures + 1
                if accepted != nil, failures < configuration.addresses.count {
                    logger.info(
                        "The connection to a node of the broker was lost; trying another.",
                        metadata: metadata(last.map { [$0] } ?? [], failures)
                            .merging(.amqp([.error: "\(error)"])) { $1 }
                    )
                    continue
                }
                let delay = backoff.delay(afterFailures: failures, using: &generator)
                logger.info(
                    "The broker cannot be reached; trying again.",
                    metadata: metadata(configuration.addresses, failures)
                        .merging(.amqp([.error: "\(error)", .delay: "\(delay)"])) { $1 }
                )
                try await Task.sleep(for: delay)
            }
        }
    }

    private func metadata(_ addresses: [AMQPAddress], _ failures: Int) -> Logger.Metadata {
        let list = addresses.map(\.description).joined(separator: ",")
        return .amqp([.address: "\(list)", .attempt: "\(failures)"])
    }

    /// Runs `body`, and cancels it when the connection ends: it may be waiting for something else entirely.
    private static func run(
        _ body: @escaping @Sendable (AMQPConnection) async throws -> Void,
        _ connection: AMQPConnection
    ) async throws {
        try await withThrowingTaskGroup(of: AMQPError?.self) { group in
            group.addTask {
                try await body(connection)
                return nil
            }
            group.addTask { try await connection.waitUntilClosed() }
            defer { group.cancelAll() }
            guard let reason = try await group.next() ?? nil else { return }
            group.cancelAll()
            do {
                // The body may have finished its work in the same moment, or know better what went wrong.
                _ = try await group.next()
                return
            } catch is CancellationError {
                throw reason
            }
        }
    }
}
