//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

/// What happens when the network or the broker misbehaves.
///
/// The connection's thread keeps its limits to the millisecond; the bounds here leave room for the tests that share the
/// machine, and stay well below the next longer limit that could be mistaken for the one being tested.
@Suite("Faults", .enabled(if: TestBroker.isAvailable, TestBroker.missing), .timeLimit(.minutes(1)))
struct FaultTests {
    @Test("Gives a silent broker up after two heartbeats, and tells everyone who waits")
    func detectsSilence() async throws {
        try await withRelayedConnection {
            $0.heartbeat = .seconds(1)
        } _: { relay, connection in
            try await TestBroker.withQueue { _, queue in
                try await connection.withChannel { channel in
                    let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 1)])
                    let batch = Task { try await consumer.nextBatch(maximum: 1) }
                    let reason = Task { try await connection.waitUntilClosed() }
                    let duration = await ContinuousClock().measure {
                        relay.hold()
                        let outcomes = await channel.publish([AMQPMessage(routingKey: queue)], timeout: .seconds(30))
                        #expect(failure(outcomes)?.code == .heartbeatTimeout)
                    }
                    #expect(duration > .seconds(1))
                    #expect(duration < .seconds(4))
                    #expect(try await reason.value.code == .heartbeatTimeout)
                    #expect(try await amqpError { _ = try await batch.value }.code == .heartbeatTimeout)
                }
            }
            #expect(!connection.isOpen)
        }
    }

    @Test("Publishes within the time allowed though the broker takes nothing", arguments: [100, 2_000_000])
    func limitsPublishing(size: Int) async throws {
        try await withRelayedConnection { relay, connection in
            try await connection.withChannel { channel in
                relay.hold()
                // Together more than any buffer between here and the broker holds.
                let messages = (0..<20).map { _ in
                    AMQPMessage(routingKey: "queue", body: [UInt8](repeating: 1, count: size))
                }
                let duration = await ContinuousClock().measure {
                    let outcomes = await channel.publish(messages, timeout: .milliseconds(500))
                    #expect(outcomes.count == 20)
                    #expect(failure(outcomes)?.code == .operationTimedOut)
                }
                #expect(duration >= .milliseconds(500))
                #expect(duration < .seconds(4))
                // The cut lets the channel close at once instead of waiting for an answer.
                relay.cut()
            }
        }
    }

    @Test("Gives up a request that is not answered in time, and the channel with it")
    func limitsRequests() async throws {
        try await withRelayedConnection {
            $0.operationTimeout = .milliseconds(300)
        } _: { relay, connection in
            try await connection.withChannel { channel in
                relay.hold()
                let duration = try await ContinuousClock().measure {
                    let error = try await amqpError { _ = try await channel.get("queue") }
                    #expect(error.code == .operationTimedOut)
                }
                #expect(duration < .seconds(4))
                #expect(try await amqpError { _ = try await channel.get("queue") }.code == .operationTimedOut)
            }
        }
    }

    @Test("Ends a request's wait as soon as its task is cancelled")
    func cancelsRequests() async throws {
        try await withRelayedConnection { relay, connection in
            try await connection.withChannel { channel in
                relay.hold()
                let task = Task { try await channel.get("queue") }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                relay.cut()
            }
        }
    }

    @Test("Closes without the broker's answer within a heartbeat")
    func limitsClosing() async throws {
        try await withRelayedConnection {
            $0.heartbeat = .seconds(1)
        } _: { relay, connection in
            relay.hold()
            let duration = await ContinuousClock().measure { await connection.close() }
            #expect(duration < .seconds(4))
            let reason = try await connection.waitUntilClosed()
            #expect(reason.code == .closed)
        }
    }

    @Test("Closes without waiting for a broker that reads nothing, because it is short of something")
    func closesWhileBlocked() async throws {
        // With such limits only the broker's word can be the reason to close at once.
        try await withRelayedConnection {
            $0.heartbeat = .seconds(60)
            $0.operationTimeout = .seconds(60)
        } _: { relay, connection in
            relay.inject(RawFrame.method(10, 60, RawFrame.shortString("low on memory")))
            try await eventually { connection.isBlocked }
            let duration = try await ContinuousClock().measure {
                try await connection.withChannel { _ in relay.hold() }
                await connection.close()
            }
            #expect(duration < .seconds(10))
            #expect(try await connection.waitUntilClosed().code == .closed)
        }
    }

    @Test("Fails everything when the connection is cut")
    func reportsCut() async throws {
        try await TestBroker.withQueue { _, queue in
            try await withRelayedConnection { relay, connection in
                try await connection.withChannel { channel in
                    let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 1)])
                    relay.cut()
                    let error = try await amqpError { _ = try await consumer.nextBatch(maximum: 1) }
                    #expect(error.code == .connectionClosed)
                    #expect(error.isRetriable)
                    #expect(try await amqpError { try await channel.acknowledge([1]) }.code == .connectionClosed)
                }
            }
        }
    }

    @Test("Tells the broker's reason for closing the connection")
    func reportsClose() async throws {
        try await withRelayedConnection { relay, connection in
            let text = RawFrame.shortString("CONNECTION_FORCED - maintenance")
            relay.inject(RawFrame.method(10, 50, RawFrame.bytes(UInt16(320)) + text + [0, 0, 0, 0]))
            let error = try await connection.waitUntilClosed()
            #expect(error.code == .connectionClosed)
            #expect(error.replyCode == 320)
            #expect(error.replyText == "CONNECTION_FORCED - maintenance")
            #expect(error.isRetriable)
        }
    }

    @Test("Publishes nothing while the broker is blocked, and goes on afterwards")
    func waitsWhileBlocked() async throws {
        try await TestBroker.withQueue { _, queue in
            try await withRelayedConnection { relay, connection in
                try await connection.withChannel { channel in
                    #expect(!connection.isBlocked)
                    relay.inject(RawFrame.method(10, 60, RawFrame.shortString("low on memory")))
                    try await eventually { connection.isBlocked }
                    let outcomes = await channel.publish([AMQPMessage(routingKey: queue)], timeout: .milliseconds(200))
                    #expect(failure(outcomes)?.code == .connectionBlocked)
                    // Everything but publishing goes on.
                    let status = try await channel.status(ofQueue: queue)
                    #expect(status.messageCount == 0)

                    async let later = channel.publish([AMQPMessage(routingKey: queue)], timeout: .seconds(10))
                    let cancelled = Task { try await connection.waitUntilUnblocked() }
                    cancelled.cancel()
                    await #expect(throws: CancellationError.self) { try await cancelled.value }
                    relay.inject(RawFrame.method(10, 61))
                    try await connection.waitUntilUnblocked()
                    #expect(await later.map { $0.isConfirmed } == [true])
                }
            }
        }
    }

    @Test(
        "Survives a header nested as deeply as a frame allows",
        arguments: [
            // Each level is the size of what lies within; of a table, behind an entry with an empty name.
            ([0, UInt8(ascii: "F")], 21_000), ([UInt8(ascii: "A")], 26_000),
        ]
    )
    func survivesNesting(level: [UInt8], depth: Int) async throws {
        try await withRelayedConnection { relay, connection in
            try await connection.withChannel { channel in
                // The outermost value has a name in either case.
                var table: [UInt8] = level[0] == 0 ? [] : [0]
                for index in 1...depth {
                    let size = (depth - index) * (level.count + 4)
                    table += level + RawFrame.bytes(UInt32(size))
                }
                let returned =
                    RawFrame.bytes(UInt16(312)) + RawFrame.shortString("NO_ROUTE") + RawFrame.shortString("")
                    + RawFrame.shortString("key")
                let header =
                    RawFrame.bytes(UInt16(60)) + RawFrame.bytes(UInt16(0)) + RawFrame.bytes(UInt64(0))
                    + RawFrame.bytes(UInt16(0x2000)) + RawFrame.bytes(UInt32(table.count)) + table
                relay.inject(RawFrame.method(60, 50, channel: 1, returned) + RawFrame.frame(2, 1, header))
                let message = AMQPMessage(routingKey: "nowhere", mandatory: false)
                #expect(await channel.publish([message], timeout: .seconds(5)).map { $0.isConfirmed } == [true])
                try await connection.withChannel { _ in }
            }
        }
    }

    @Test(
        "Ends the connection when the peer breaks the protocol",
        arguments: [
            RawFrame.frame(3, 1, [1, 2, 3]),
            RawFrame.frame(2, 1, [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            RawFrame.method(60, 80, channel: 1, RawFrame.bytes(UInt64(99)) + [0]),
            RawFrame.method(
                60,
                60,
                channel: 1,
                RawFrame.shortString("no number") + RawFrame.bytes(UInt64(1)) + [0, 0, 0]
            ),
            // Sound in itself, on a channel that cannot be.
            RawFrame.method(
                60,
                60,
                channel: .max,
                RawFrame.shortString("1") + RawFrame.bytes(UInt64(1)) + [0, 0, 0]
            ),
            // Of which 0.11 would not tell, but keep memory for.
            RawFrame.frame(8, .max, []),
            RawFrame.frame(9, 1, []),
            [1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 61, 0x00],
            [UInt8](repeating: 0xFF, count: 64),
        ]
    )
    func refusesNonsense(bytes: [UInt8]) async throws {
        try await withRelayedConnection { relay, connection in
            try await connection.withChannel { _ in
                relay.inject(bytes)
                let error = try await connection.waitUntilClosed()
                #expect(error.code == .protocolViolation)
            }
        }
    }

    @Test("Stops waiting for a connection as soon as its task is cancelled")
    func cancelsConnecting() async throws {
        try await FaultRelay.withRelay { relay in
            relay.hold()
            var configuration = try TestBroker.configuration()
            configuration.addresses = [relay.address]
            let target = configuration
            let task = Task {
                try await AMQPConnection.withConnection(target, logger: TestBroker.logger) { _ in }
            }
            try await eventually { relay.connections == 1 }
            let duration = await ContinuousClock().measure {
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(duration < .seconds(3))
        }
    }

    @Test("Gives up a login that is not answered in time")
    func limitsLogin() async throws {
        try await FaultRelay.withRelay { relay in
            relay.hold()
            let duration = try await ContinuousClock().measure {
                let error = try await amqpError {
                    try await TestBroker.withConnection {
                        ($0.addresses, $0.connectTimeout) = ([relay.address], .milliseconds(300))
                    } _: { _ in
                    }
                }
                #expect(error.code == .connectFailed)
                #expect(error.isRetriable)
            }
            #expect(duration < .seconds(4))
        }
    }

    private func failure(_ outcomes: [AMQPPublishOutcome]) -> AMQPError? {
        if case .failed(let error)? = outcomes.last { error } else { nil }
    }

    private func withRelayedConnection(
        isolation: isolated (any Actor)? = #isolation,
        _ change: (inout AMQPConfiguration) -> Void = { _ in },
        _ body: (FaultRelay, AMQPConnection) async throws -> Void
    ) async throws {
        try await FaultRelay.withRelay { relay in
            try await TestBroker.withConnection {
                $0.addresses = [relay.address]
                change(&$0)
            } _: { connection in
                try await body(relay, connection)
            }
        }
    }
}
