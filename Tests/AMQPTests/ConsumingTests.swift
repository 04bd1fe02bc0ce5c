//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@Suite("Consuming", .enabled(if: TestBroker.isAvailable, TestBroker.missing), .timeLimit(.minutes(1)))
struct ConsumingTests {
    @Test("Receives no more than the prefetch until it acknowledges")
    func honoursPrefetch() async throws {
        try await TestBroker.withQueue { channel, queue in
            try await publish(20, to: queue, on: channel)
            let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 5)])
            var unacknowledged: [AMQPDelivery] = []
            while unacknowledged.count < 5 {
                unacknowledged += try #require(try await consumer.nextBatch(maximum: 100))
            }
            // The broker answers in order: had it more to deliver, that would have come before the answer.
            #expect(try await channel.status(ofQueue: queue).messageCount == 15)
            #expect(unacknowledged.count == 5)
            try await channel.acknowledge(unacknowledged)
            #expect(try await consumer.nextBatch(maximum: 100)?.isEmpty == false)
        }
    }

    @Test("Applies each subscription's own prefetch")
    func honoursEachPrefetch() async throws {
        let queues = [TestBroker.uniqueName(), TestBroker.uniqueName()]
        try await TestBroker.withChannel(deleting: queues) { channel, _ in
            for queue in queues {
                try await channel.declare(AMQPQueue(name: queue))
                try await publish(20, to: queue, on: channel)
            }
            let consumer = try await channel.consume([
                AMQPSubscription(queue: queues[0], prefetch: 3), AMQPSubscription(queue: queues[1], prefetch: 7),
            ])
            var deliveries: [AMQPDelivery] = []
            while deliveries.count < 10 { deliveries += try #require(try await consumer.nextBatch(maximum: 100)) }
            #expect(deliveries.count { $0.queue == queues[0] } == 3)
            #expect(deliveries.count { $0.queue == queues[1] } == 7)
        }
    }

    @Test("Subscribes to a queue later, and ends one subscription while the others go on")
    func subscribesLater() async throws {
        let queues = [TestBroker.uniqueName(), TestBroker.uniqueName()]
        try await TestBroker.withChannel(deleting: queues) { channel, _ in
            for queue in queues {
                try await channel.declare(AMQPQueue(name: queue))
                try await publish(1, to: queue, on: channel)
            }
            let consumer = try await channel.consume([])
            for queue in queues {
                try await consumer.subscribe([AMQPSubscription(queue: queue, prefetch: 10)])
                let batch = try #require(try await consumer.nextBatch(maximum: 10))
                #expect(batch.map(\.queue) == [queue])
                try await channel.acknowledge(batch)
            }
            try await consumer.unsubscribe(from: [queues[0], "unknown"])
            for queue in queues { try await publish(1, to: queue, on: channel) }
            let batch = try #require(try await consumer.nextBatch(maximum: 10))
            #expect(batch.map(\.queue) == [queues[1]])
            try await consumerless(queues[0], on: channel)
            #expect(try await channel.status(ofQueue: queues[0]).messageCount == 1)
        }
    }

    @Test("Gives a queue another prefetch whatever is on its way, and every message comes")
    func changesPrefetch() async throws {
        let queue = TestBroker.uniqueName()
        try await TestBroker.withChannel(deleting: [queue]) { channel, _ in
            try await channel.declare(AMQPQueue.quorum(queue))
            try await publish(500, to: queue, on: channel)
            let consumer = try await channel.consume([])
            var received: Set<String> = []
            while received.count < 500 {
                try await consumer.unsubscribe(from: [queue])
                let prefetch = UInt16(3 + received.count % 7)
                try await consumer.subscribe([AMQPSubscription(queue: queue, prefetch: prefetch)])
                let batch = try #require(try await consumer.nextBatch(maximum: 4))
                received.formUnion(batch.map { String(decoding: $0.body, as: UTF8.self) })
                try await channel.acknowledge(batch)
            }
            #expect(received == Set((0..<500).map(String.init)))
        }
    }

    @Test("Keeps the order where the window is full when the prefetch changes, and nothing comes twice")
    func changesFullPrefetch() async throws {
        let queue = TestBroker.uniqueName()
        try await TestBroker.withChannel(deleting: [queue]) { channel, _ in
            try await channel.declare(AMQPQueue.quorum(queue))
            try await publish(500, to: queue, on: channel)
            let consumer = try await channel.consume([])
            var (received, held): ([AMQPDelivery], [AMQPDelivery]) = ([], [])
            for prefetch in [5, 9, 2, 30, 1, 17, 60, 3, 100, 273] {
                try await consumer.unsubscribe(from: [queue])
                try await consumer.subscribe([AMQPSubscription(queue: queue, prefetch: UInt16(prefetch))])
                try await channel.acknowledge(held)
                held = []
                while held.count < prefetch { held += try #require(try await consumer.nextBatch(maximum: 500)) }
                received += held
            }
            try await channel.acknowledge(held)
            #expect(received.map { String(decoding: $0.body, as: UTF8.self) } == (0..<500).map(String.init))
            #expect(!received.contains { $0.isRedelivered })
        }
    }

    @Test("Subscribes to nothing more once it was cancelled, and leaves the messages to others")
    func subscribesTooLate() async throws {
        try await TestBroker.withQueue { channel, queue in
            let consumer = try await channel.consume([])
            try await consumer.cancel()
            try await publish(1, to: queue, on: channel)
            let error = await #expect(throws: AMQPError.self) {
                try await consumer.subscribe([AMQPSubscription(queue: queue, prefetch: 1)])
            }
            #expect(error?.code == .closed)
            #expect(try await channel.get(queue) != nil)
        }
    }

    @Test("Acknowledges in any order and leaves nothing behind")
    func acknowledgesInAnyOrder() async throws {
        try await TestBroker.withQueue { channel, queue in
            try await publish(100, to: queue, on: channel)
            let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 100)])
            var tags: [UInt64] = []
            while tags.count < 100 {
                tags += try #require(try await consumer.nextBatch(maximum: 100)).map(\.deliveryTag)
            }
            tags.shuffle()
            try await channel.acknowledge(Array(tags[0..<30]))
            try await channel.acknowledge(Array(tags[30..<60]))
            try await channel.reject(tags[60], requeue: false)
            let rest = Array(tags[61...])
            try await channel.acknowledge(rest)
            try await consumer.cancel()
            try await consumerless(queue, on: channel)
            #expect(try await channel.status(ofQueue: queue).messageCount == 0)
        }
    }

    @Test("What is acknowledged one by one just before the channel closes counts, however much it is")
    func acknowledgesBeforeClosing() async throws {
        let queue = TestBroker.uniqueName()
        try await TestBroker.withChannel(deleting: [queue]) { channel, connection in
            try await channel.declare(AMQPQueue.quorum(queue))
            try await publish(600, to: queue, on: channel)
            try await connection.withChannel { other in
                let consumer = try await other.consume([AMQPSubscription(queue: queue, prefetch: 600)])
                var deliveries: [AMQPDelivery] = []
                while deliveries.count < 600 { deliveries += try #require(try await consumer.nextBatch(maximum: 600)) }
                // Since the first is left open, each of the others takes a frame of its own.
                try await other.acknowledge(Array(deliveries[1...500]))
            }
            var left = 0
            while try await channel.get(queue) != nil { left += 1 }
            #expect(left == 100)
        }
    }

    @Test("Refuses to acknowledge twice, and the channel goes on")
    func refusesSecondAcknowledgement() async throws {
        try await TestBroker.withQueue { channel, queue in
            try await publish(2, to: queue, on: channel)
            let first = try #require(try await channel.get(queue))
            let second = try #require(try await channel.get(queue))
            try await channel.acknowledge([first])
            let error = try await amqpError { try await channel.acknowledge([second, first]) }
            #expect(error.code == .invalidArgument)
            try await channel.acknowledge(upTo: second.deliveryTag)
            #expect(try await channel.get(queue) == nil)
        }
    }

    @Test("Gives a rejected message back, marked as redelivered")
    func requeues() async throws {
        try await TestBroker.withQueue { channel, queue in
            try await publish(1, to: queue, on: channel)
            let delivery = try #require(try await channel.get(queue))
            try await channel.reject(delivery.deliveryTag, requeue: true)
            let again = try #require(try await channel.get(queue))
            #expect(again.isRedelivered)
            try await channel.acknowledge([again])
        }
    }

    @Test("Ends with an error when the queue is deleted, after what had arrived")
    func reportsDeletedQueue() async throws {
        try await TestBroker.withQueue { channel, queue in
            try await publish(3, to: queue, on: channel)
            let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 10)])
            try await TestBroker.withChannel { other, _ in
                try await eventually { try await other.status(ofQueue: queue).messageCount == 0 }
                try await other.deleteQueue(queue)
            }
            var count = 0
            let error = try await amqpError {
                for try await batch in consumer { count += batch.count }
            }
            #expect(error.code == .consumerCancelled)
            #expect(count == 3)
            // Only the consumer has ended.
            try await channel.declare(AMQPQueue(name: queue))
        }
    }

    @Test("Gives what had arrived after being cancelled by its owner, then ends")
    func drainsAfterCancel() async throws {
        try await TestBroker.withQueue { channel, queue in
            try await publish(5, to: queue, on: channel)
            let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 10)])
            let first = try #require(try await consumer.nextBatch(maximum: 1))
            try await eventually { try await channel.status(ofQueue: queue).messageCount == 0 }
            try await consumer.cancel()
            var rest: [AMQPDelivery] = []
            while let batch = try await consumer.nextBatch(maximum: 2) { rest += batch }
            #expect(rest.count == 4)
            try await channel.acknowledge(first + rest)
        }
    }

    @Test("Stops waiting as soon as its task is cancelled")
    func endsOnCancellation() async throws {
        try await TestBroker.withQueue { channel, queue in
            let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 10)])
            let task = Task { try await consumer.nextBatch(maximum: 1) }
            task.cancel()
            #expect(try await task.value == nil)
            // Somebody else still gets the next message.
            try await publish(1, to: queue, on: channel)
            #expect(try await consumer.nextBatch(maximum: 1)?.count == 1)
        }
    }

    @Test("Refuses a subscription without a bound and one to a queue that does not exist")
    func refusesBadSubscriptions() async throws {
        try await TestBroker.withQueue { channel, queue in
            let unbounded = try await amqpError {
                _ = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 0)])
            }
            #expect(unbounded.code == .invalidArgument)
            let missing = try await amqpError {
                _ = try await channel.consume([AMQPSubscription(queue: "no.\(queue)", prefetch: 1)])
            }
            #expect(missing.code == .channelClosed)
            #expect(missing.replyCode == 404)
        }
    }

    @Test("Subscribes to fifty queues with messages waiting in all of them without slowing down")
    func subscribesToManyQueues() async throws {
        let queues = (0..<50).map { _ in TestBroker.uniqueName() }
        try await TestBroker.withChannel(deleting: queues) { channel, _ in
            try await channel.apply(AMQPTopology(queues: queues.map { AMQPQueue(name: $0) }))
            for queue in queues { try await publish(40, to: queue, on: channel) }
            let clock = ContinuousClock()
            var count = 0
            let duration = try await clock.measure {
                let consumer = try await channel.consume(queues.map { AMQPSubscription(queue: $0, prefetch: 100) })
                while count < 2_000 {
                    let batch = try #require(try await consumer.nextBatch(maximum: 500))
                    count += batch.count
                    try await channel.acknowledge(batch)
                }
            }
            #expect(count == 2_000)
            // The quadratic way takes about four seconds; this one a fraction of one, and more only on a busy machine.
            #expect(duration < .seconds(3))
        }
    }

    private func publish(_ count: Int, to queue: String, on channel: AMQPChannel) async throws {
        let messages = (0..<count).map { AMQPMessage(routingKey: queue, body: Array("\($0)".utf8)) }
        let outcomes = await channel.publish(messages, timeout: .seconds(20))
        try #require(outcomes.allSatisfy { $0.isConfirmed })
    }

    private func consumerless(_ queue: String, on channel: AMQPChannel) async throws {
        try await eventually { try await channel.status(ofQueue: queue).consumerCount == 0 }
    }
}
