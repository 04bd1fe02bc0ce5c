//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@Suite("Publishing", .enabled(if: TestBroker.isAvailable, TestBroker.missing), .timeLimit(.minutes(1)))
struct PublishingTests {
    @Test("Confirms every message of a batch and delivers them in order")
    func confirmsInOrder() async throws {
        try await TestBroker.withQueue { channel, queue in
            let messages = (0..<3_000).map { AMQPMessage(routingKey: queue, body: Array("\($0)".utf8)) }
            let outcomes = await channel.publish(messages, timeout: .seconds(20))
            #expect(outcomes.count == 3_000)
            #expect(outcomes.allSatisfy { $0.isConfirmed })

            let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 1_000)])
            var bodies: [String] = []
            for try await batch in consumer.batches(of: 400) {
                #expect(batch.count <= 400)
                #expect(batch.allSatisfy { $0.queue == queue })
                bodies += batch.map { String(decoding: $0.body, as: UTF8.self) }
                try await channel.acknowledge(batch)
                if bodies.count == 3_000 { break }
            }
            #expect(bodies == (0..<3_000).map(String.init))
        }
    }

    @Test("Reports what came back for exactly the messages that came back")
    func reportsReturns() async throws {
        try await TestBroker.withQueue { channel, queue in
            let messages = (0..<200).map { number in
                AMQPMessage(routingKey: number % 3 == 0 ? "nowhere.\(queue)" : queue, body: [UInt8(number)])
            }
            let outcomes = await channel.publish(messages, timeout: .seconds(10))
            for (number, outcome) in outcomes.enumerated() {
                if number % 3 == 0 {
                    guard case .returned(let code, let text) = outcome else {
                        Issue.record("message \(number) was not returned but \(outcome)")
                        continue
                    }
                    #expect(code == 312)
                    #expect(text == "NO_ROUTE")
                } else {
                    #expect(outcome.isConfirmed)
                }
            }
        }
    }

    @Test("Confirms a message without a queue when it is not mandatory")
    func confirmsUnroutable() async throws {
        try await TestBroker.withQueue { channel, _ in
            let outcomes = await channel.publish(
                [AMQPMessage(routingKey: "nowhere", mandatory: false)],
                timeout: .seconds(5)
            )
            #expect(outcomes.map(\.isConfirmed) == [true])
        }
    }

    @Test("Reports a refusal of a full queue")
    func reportsNacks() async throws {
        try await TestBroker.withQueue(arguments: ["x-max-length": 3, "x-overflow": "reject-publish"]) {
            channel,
            queue in
            var outcomes: [AMQPPublishOutcome] = []
            for _ in 0..<6 {
                outcomes += await channel.publish([AMQPMessage(routingKey: queue, body: [1])], timeout: .seconds(5))
            }
            let refused = outcomes.count { if case .nacked = $0 { true } else { false } }
            #expect(outcomes.count { $0.isConfirmed } + refused == 6)
            #expect((2...3).contains(refused))
        }
    }

    @Test("Lets many publishers share a small window")
    func sharesWindow() async throws {
        try await TestBroker.withQueue(maximumOutstanding: 16) { channel, queue in
            let confirmed = await withTaskGroup(of: Int.self) { group in
                for publisher in 0..<50 {
                    group.addTask {
                        let messages = (0..<40).map {
                            AMQPMessage(routingKey: queue, body: [UInt8(publisher), UInt8($0)])
                        }
                        return await channel.publish(messages, timeout: .seconds(30)).count { $0.isConfirmed }
                    }
                }
                return await group.reduce(0, +)
            }
            #expect(confirmed == 2_000)
            let status = try await channel.status(ofQueue: queue)
            #expect(status.messageCount == 2_000)
        }
    }

    @Test("Sends the good messages of a batch that has a bad one")
    func refusesBadMessage() async throws {
        try await TestBroker.withQueue { channel, queue in
            let bad = AMQPMessage(routingKey: String(repeating: "x", count: 256))
            let good = AMQPMessage(routingKey: queue)
            let outcomes = await channel.publish([good, bad, good], timeout: .seconds(5))
            #expect(outcomes.map(\.isConfirmed) == [true, false, true])
            guard case .failed(let error) = outcomes[1] else { throw Missing.error(#_sourceLocation) }
            #expect(error.code == .invalidArgument)
        }
    }

    @Test("Refuses headers that fit in no frame and goes on")
    func refusesHugeHeaders() async throws {
        try await TestBroker.withQueue { channel, queue in
            var huge = AMQPMessage(routingKey: queue)
            huge.properties.headers["huge"] = .string(String(repeating: "x", count: 200_000))
            let outcomes = await channel.publish([huge, AMQPMessage(routingKey: queue)], timeout: .seconds(5))
            #expect(outcomes.map(\.isConfirmed) == [false, true])
        }
    }

    @Test("Settles messages whose publisher has been cancelled")
    func settlesAfterCancellation() async throws {
        try await TestBroker.withQueue { channel, queue in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await channel.publish([AMQPMessage(routingKey: queue)], timeout: .seconds(5))
            }
            #expect(await task.value.map(\.isConfirmed) == [true])
        }
    }

    @Test(
        "Carries bodies of every size around the frame's limit",
        arguments: [0, 1, 131_063, 131_064, 131_065, 900_000]
    )
    func carriesBody(size: Int) async throws {
        try await TestBroker.withQueue { channel, queue in
            let body = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let outcomes = await channel.publish([AMQPMessage(routingKey: queue, body: body)], timeout: .seconds(20))
            #expect(outcomes.map(\.isConfirmed) == [true])
            let delivery = try #require(try await channel.get(queue))
            #expect(delivery.body == body)
            try await channel.acknowledge([delivery])
            #expect(try await channel.get(queue) == nil)
        }
    }

    @Test("Carries properties and headers of every type")
    func carriesProperties() async throws {
        try await TestBroker.withQueue { channel, queue in
            let properties = AMQPProperties(
                contentType: "application/json",
                contentEncoding: "gzip",
                headers: [
                    "bool": true, "int8": .int8(-8), "uint8": .uint8(200), "int16": .int16(-1_600),
                    "uint16": .uint16(60_000), "int32": .int32(-70_000), "uint32": .uint32(4_000_000_000),
                    "int64": .int64(.min), "float": .float(1.5), "double": .double(-2.25),
                    "decimal": .decimal(scale: 2, value: 12_345), "string": "网格派工", "bytes": .bytes([0, 255, 1]),
                    "timestamp": .timestamp(1_700_000_000), "array": [1, "two", [3]],
                    "table": ["inner": ["deep": nil]], "void": .void, "empty": [:], "none": [],
                ],
                deliveryMode: .persistent,
                priority: 3,
                correlationID: "correlation",
                replyTo: "reply",
                expiration: "60000",
                messageID: "message",
                timestamp: 1_700_000_001,
                type: "type",
                userID: try TestBroker.configuration().username,
                appID: "app"
            )
            let message = AMQPMessage(routingKey: queue, properties: properties, body: [1])
            let outcomes = await channel.publish([message], timeout: .seconds(5))
            #expect(outcomes.map(\.isConfirmed) == [true])
            let delivery = try #require(try await channel.get(queue))
            #expect(delivery.properties == properties)
            #expect(delivery.routingKey == queue)
            #expect(delivery.queue == queue)
            #expect(!delivery.isRedelivered)
        }
    }

    @Test("Sends an unsigned number of eight bytes as a signed one")
    func carriesUnsigned() async throws {
        try await TestBroker.withQueue { channel, queue in
            var message = AMQPMessage(routingKey: queue)
            message.properties.headers["number"] = .uint64(7)
            #expect(await channel.publish([message], timeout: .seconds(5)).map(\.isConfirmed) == [true])
            let delivery = try await channel.get(queue)
            #expect(delivery?.properties.headers["number"] == .int64(7))
        }
    }
}
