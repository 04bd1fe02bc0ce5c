//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

public import Logging

/// A connection to a broker, which lives as long as the body of
/// ``withConnection(_:logger:isolation:_:)``.
///
/// Every connection has a thread of its own. All its methods may be called from any task at the same time.
public final class AMQPConnection: Sendable {
    let core: ConnectionCore

    private init(_ core: ConnectionCore) {
        self.core = core
    }

    /// Connects, logs in, runs `body` and closes the connection again, however the body ends.
    ///
    /// Where the configuration has several addresses, one after the other is tried until one takes the connection, each
    /// once and in an order left to chance. If none does, the error says so of all; its code is that of a login that was
    /// refused where there was one, since that is for a person to mend, and of one worth trying again otherwise.
    ///
    /// When the connection breaks, everything that waits on it fails with the reason, and so does everything that is tried
    /// on it later. The body itself is not cancelled; see ``waitUntilClosed()``. Cancelling the task while it connects ends
    /// the wait at once; an attempt that is under way is given up as soon as its own time limit allows.
    ///
    /// - Parameters:
    ///   - configuration: Where and how to connect.
    ///   - logger: Receives what happens to the connection, at level info and below.
    ///   - isolation: Filled in by the compiler: `body` runs where the caller does.
    ///   - body: What to do with the connection.
    /// - Returns: What `body` returns.
    /// - Throws: ``AMQPError``, what `body` throws, or `CancellationError`.
    public static func withConnection<Result>(
        _ configuration: AMQPConfiguration,
        logger: Logger,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (AMQPConnection) async throws -> sending Result
    ) async throws -> sending Result {
        try await withConnection(configuration, avoiding: nil, logger: logger, isolation: isolation, body)
    }

    /// The same, with an address that is tried after all others, since a connection to it was just lost.
    static func withConnection<Result>(
        _ configuration: AMQPConfiguration,
        avoiding lost: AMQPAddress?,
        logger: Logger,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (AMQPConnection) async throws -> sending Result
    ) async throws -> sending Result {
        let connection = try await open(configuration, avoiding: lost, logger)
        do {
            let result = try await body(connection)
            await connection.shutDown()
            return result
        } catch {
            await connection.shutDown()
            throw error
        }
    }

    private static func open(
        _ configuration: AMQPConfiguration,
        avoiding lost: AMQPAddress?,
        _ logger: Logger
    ) async throws -> AMQPConnection {
        try configuration.validate()
        var failures: [AMQPError] = []
        for address in configuration.round(avoiding: lost) {
            do {
                return try await open(configuration, to: address, logger)
            } catch let error as AMQPError {
                failures.append(error)
                logger.debug("No connection.", metadata: .amqp([.address: "\(address)", .error: "\(error)"]))
            }
        }
        throw AMQPError(ofRound: failures)
    }

    private static func open(
        _ configuration: AMQPConfiguration,
        to address: AMQPAddress,
        _ logger: Logger
    ) async throws -> AMQPConnection {
        try Task.checkCancellation()
        let core = try ConnectionCore(configuration, to: address, logger: logger)
        let promise = Promise<Void>()
        core.perform { $0.connect(promise) }
        do {
            try await promise.value
        } catch is CancellationError {
            // The thread may be inside the C library for some seconds more; nobody needs to wait for that.
            core.perform { $0.abort() }
            core.executor.abandon()
            throw CancellationError()
        } catch {
            await core.executor.stop()
            throw error
        }
        logger.debug("Connected to the broker.", metadata: .amqp([.address: "\(address)"]))
        return AMQPConnection(core)
    }

    /// Where the connection goes to.
    public var address: AMQPAddress { core.address }

    /// Opens a channel, runs `body` and closes the channel again, however the body ends.
    ///
    /// What the broker objects to (a missing queue, a lacking permission) closes the channel it happened on. Things that
    /// should not fail together belong on different channels.
    ///
    /// - Parameters:
    ///   - maximumOutstanding: How many messages may be published and not yet confirmed, at least 1; further ones wait.
    ///   - isolation: Filled in by the compiler: `body` runs where the caller does.
    ///   - body: What to do with the channel.
    /// - Returns: What `body` returns.
    /// - Throws: ``AMQPError``, what `body` throws, or `CancellationError`.
    public func withChannel<Result>(
        maximumOutstanding: Int = 2_000,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (AMQPChannel) async throws -> sending Result
    ) async throws -> sending Result {
        if maximumOutstanding < 1 {
            throw AMQPError(.invalidArgument, "A channel needs room for at least one outstanding message.")
        }
        let promise = Promise<ChannelHandle>()
        core.perform { $0.openChannel(maximumOutstanding: maximumOutstanding, promise) }
        // Not ended by cancellation: the channel would open all the same, with nobody to close it.
        let handle = try await promise.uncancelledValue
        let channel = AMQPChannel(core, handle)
        do {
            let result = try await body(channel)
            await channel.close()
            return result
        } catch {
            await channel.close()
            throw error
        }
    }

    /// Whether the broker accepts no messages for now, because it is short of memory or disk.
    public var isBlocked: Bool { core.status.isBlocked }

    /// Whether the connection stands, as far as is known.
    public var isOpen: Bool { core.status.isOpen }

    /// How long ago something was last heard from the broker.
    ///
    /// With a heartbeat of ten seconds a healthy connection stays below ten seconds, however idle it is.
    public var lastFrameAge: Duration { .now - core.status.lastInbound }

    /// Waits until the broker accepts messages.
    ///
    /// - Throws: ``AMQPError`` when the connection ends, or `CancellationError`.
    public func waitUntilUnblocked() async throws {
        if core.status.isOpen && !core.status.isBlocked { return }
        let promise = Promise<Void>()
        core.perform { $0.waitUntilUnblocked(promise) }
        try await promise.value
    }

    /// Waits until the connection has ended.
    ///
    /// - Returns: Why it ended; the code is ``AMQPError/Code/closed`` where ``close()`` was called.
    /// - Throws: `CancellationError`.
    public func waitUntilClosed() async throws -> AMQPError {
        let promise = Promise<AMQPError>()
        core.perform { $0.waitForEnd { promise.fulfil(.success($0)) } }
        return try await promise.value
    }

    /// Closes the connection; does nothing if it has ended already.
    ///
    /// Acknowledgements that were made before are still sent. A broker that does not answer is waited for no longer than one
    /// heartbeat, and one that accepts no messages not at all, since it reads nothing else either. Cancellation does not
    /// shorten that.
    public func close() async {
        await withCheckedContinuation { continuation in
            core.perform { $0.close { continuation.resume() } }
        }
    }

    private func shutDown() async {
        await close()
        await core.executor.stop()
        core.logger.debug("The connection is closed.", metadata: .amqp([.address: "\(address)"]))
    }
}
