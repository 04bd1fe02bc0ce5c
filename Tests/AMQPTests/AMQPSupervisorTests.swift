//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@Suite("AMQPSupervisor", .enabled(if: TestBroker.isAvailable, TestBroker.missing), .timeLimit(.minutes(1)))
struct AMQPSupervisorTests {
    private func supervisor(_ relay: FaultRelay, _ change: (inout AMQPConfiguration) -> Void = { _ in }) throws
        -> AMQPSupervisor
    {
        var configuration = try TestBroker.configuration()
        configuration.addresses = [relay.address]
        change(&configuration)
        return AMQPSupervisor(
            configuration: configuration,
            backoff: AMQPBackoff(initial: .milliseconds(10), maximum: .milliseconds(50)),
            logger: TestBroker.logger
        )
    }

    @Test("Starts over each time the connection is cut, and loses no message")
    func startsOver() async throws {
        try await FaultRelay.withRelay { relay in
            try await TestBroker.withQueue { channel, queue in
                let received = Shared<Set<UInt8>>([])
                let runs = Shared(0)
                let supervisor = try supervisor(relay)
                try await withThrowingTaskGroup { group in
                    group.addTask {
                        try await supervisor.run { connection in
                            runs.update { $0 += 1 }
                            try await connection.withChannel { channel in
                                let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 10)])
                                for try await batch in consumer {
                                    received.update { $0.formUnion(batch.compactMap(\.body.first)) }
                                    try await channel.acknowledge(batch)
                                    if received.value.count == 50 { return }
                                }
                            }
                        }
                    }
                    for round in 0..<5 {
                        let messages = (0..<10).map { AMQPMessage(routingKey: queue, body: [UInt8(round * 10 + $0)]) }
                        let outcomes = await channel.publish(messages, timeout: .seconds(10))
                        #expect(outcomes.allSatisfy { $0.isConfirmed })
                        if round < 4 {
                            try await eventually { received.value.count >= (round + 1) * 10 }
                            relay.cut()
                        }
                    }
                    try await group.waitForAll()
                }
                #expect(received.value.count == 50)
                #expect(runs.value >= 2)
            }
        }
    }

    @Test("Keeps trying until the first connection can be made")
    func retriesFirstConnect() async throws {
        try await FaultRelay.withRelay { relay in
            relay.refuse(true)
            let supervisor = try supervisor(relay)
            async let done: Void = supervisor.run { _ in }
            try await eventually { relay.connections >= 3 }
            relay.refuse(false)
            try await done
        }
    }

    @Test("Cancels a body that waits for something else when the connection ends")
    func wakesBody() async throws {
        try await FaultRelay.withRelay { relay in
            let runs = Shared(0)
            let supervisor = try supervisor(relay)
            async let done: Void = supervisor.run { _ in
                if runs.update({ $0 += 1 }) == 1 {
                    relay.cut()
                    try await Task.sleep(for: .seconds(60))
                }
            }
            try await done
            #expect(runs.value == 2)
        }
    }

    @Test("Tells of the error after which it starts over")
    func tells() async throws {
        try await FaultRelay.withRelay { relay in
            var configuration = try TestBroker.configuration()
            configuration.addresses = [relay.address]
            let failures = Shared<[AMQPError.Code]>([])
            let supervisor = AMQPSupervisor(
                configuration: configuration,
                backoff: AMQPBackoff(initial: .milliseconds(10), maximum: .milliseconds(50)),
                logger: TestBroker.logger,
                onFailure: { error in failures.update { $0.append(error.code) } }
            )
            let runs = Shared(0)
            try await supervisor.run { _ in
                if runs.update({ $0 += 1 }) == 1 { throw AMQPError(.consumerCancelled, "Its queue was deleted.") }
            }
            #expect(failures.value == [.consumerCancelled])
        }
    }

    @Test("Throws what starting over cannot cure")
    func throwsFinalErrors() async throws {
        try await FaultRelay.withRelay { relay in
            let wrong = try supervisor(relay) { $0.password = "wrong" }
            #expect(try await amqpError { try await wrong.run { _ in } }.code == .authenticationFailed)
            #expect(relay.connections == 1)
            struct OwnError: Error {}
            let right = try supervisor(relay)
            await #expect(throws: OwnError.self) { try await right.run { _ in throw OwnError() } }
        }
    }

    @Test(
        "Ends promptly when cancelled, whether connected, connecting or waiting",
        arguments: ["body", "login", "wait"]
    )
    func endsOnCancellation(stage: String) async throws {
        try await FaultRelay.withRelay { relay in
            var configuration = try TestBroker.configuration()
            configuration.addresses = [relay.address]
            let supervisor = AMQPSupervisor(
                configuration: configuration,
                backoff: AMQPBackoff(initial: .seconds(60), maximum: .seconds(60)),
                logger: TestBroker.logger
            )
            if stage == "login" { relay.hold() }
            if stage == "wait" { relay.refuse(true) }
            let isInBody = Shared(false)
            let body: @Sendable (AMQPConnection) async throws -> Void = { _ in
                isInBody.update { $0 = true }
                try await Task.sleep(for: .seconds(60))
            }
            let task = Task { try await supervisor.run(body) }
            try await eventually { relay.connections == 1 && (stage != "body" || isInBody.value) }
            let duration = await ContinuousClock().measure {
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            #expect(duration < .seconds(4))
        }
    }
}
