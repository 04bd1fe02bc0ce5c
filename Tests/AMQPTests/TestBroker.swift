//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Glibc
import Logging
import Synchronization
import Testing

/// The broker that the integration tests use, named by the environment variable `GRIDWORK_TEST_AMQP_URL`.
enum TestBroker {
    static let url: String? = getenv("GRIDWORK_TEST_AMQP_URL").map { String(cString: $0) }

    static let isAvailable = url != nil

    static let missing: Comment = "GRIDWORK_TEST_AMQP_URL names no broker"

    static let logger = Logger(label: "AMQPTests", factory: { _ in SwiftLogNoOpLogHandler() })

    static func configuration() throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(url: #require(url))
        configuration.connectionName = "AMQPTests"
        return configuration
    }

    static func uniqueName(_ purpose: String = "queue") -> String {
        "amqp-tests.\(purpose).\(UInt64.random(in: .min ... .max))"
    }

    /// Runs `body` on a connection of its own.
    static func withConnection<Result>(
        isolation: isolated (any Actor)? = #isolation,
        _ change: (inout AMQPConfiguration) -> Void = { _ in },
        _ body: (AMQPConnection) async throws -> sending Result
    ) async throws -> sending Result {
        var configuration = try configuration()
        change(&configuration)
        return try await AMQPConnection.withConnection(configuration, logger: logger, body)
    }

    /// Runs `body` with a channel and deletes the queues named afterwards, also when `body` throws.
    static func withChannel<Result: Sendable>(
        deleting queues: [String] = [],
        maximumOutstanding: Int = 2_000,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (AMQPChannel, AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await withConnection { connection in
            let result = await Swift.Result.catching {
                try await connection.withChannel(maximumOutstanding: maximumOutstanding) {
                    try await body($0, connection)
                }
            }
            if !queues.isEmpty {
                // On a new connection: the one of the test may be what it broke.
                try await withConnection { connection in
                    try await connection.withChannel { channel in
                        for queue in queues { try await channel.deleteQueue(queue) }
                    }
                }
            }
            return try result.get()
        }
    }

    /// Runs `body` with a channel and a queue that is deleted afterwards, also when `body` throws.
    static func withQueue<Result: Sendable>(
        arguments: AMQPTable = [:],
        maximumOutstanding: Int = 2_000,
        isolation: isolated (any Actor)? = #isolation,
        _ body: (AMQPChannel, String) async throws -> Result
    ) async throws -> Result {
        let queue = uniqueName()
        return try await withChannel(deleting: [queue], maximumOutstanding: maximumOutstanding) { channel, _ in
            try await channel.declare(AMQPQueue(name: queue, arguments: arguments))
            return try await body(channel, queue)
        }
    }
}

extension Result where Failure == any Error {
    static func catching(
        isolation: isolated (any Actor)? = #isolation,
        _ body: () async throws -> Success
    ) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}

/// A value that several tasks of a test change.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    @discardableResult
    func update(_ change: (inout Value) -> Void) -> Value {
        state.withLock { value in
            var copy = value
            change(&copy)
            value = copy
            return copy
        }
    }
}

/// Expects `body` to throw an `AMQPError` and returns it.
func amqpError(
    sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation,
    _ body: () async throws -> Void
) async throws -> AMQPError {
    do {
        try await body()
    } catch let error as AMQPError {
        return error
    }
    throw Missing.error(sourceLocation)
}

enum Missing: Error {
    case error(SourceLocation)
}

/// Waits until `condition` holds, for at most `limit`.
func eventually(
    within limit: Duration = .seconds(10),
    sourceLocation: SourceLocation = #_sourceLocation,
    isolation: isolated (any Actor)? = #isolation,
    _ condition: () async throws -> Bool
) async throws {
    let end = ContinuousClock.now + limit
    while try await !condition() {
        try #require(
            ContinuousClock.now < end,
            "the condition did not come true in time",
            sourceLocation: sourceLocation
        )
        try await Task.sleep(for: .milliseconds(5))
    }
}
