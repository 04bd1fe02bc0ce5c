//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Testing

@Suite("Connection", .enabled(if: TestBroker.isAvailable, TestBroker.missing), .timeLimit(.minutes(1)))
struct ConnectionTests {
    @Test("Refuses a wrong password with an error that nobody should retry")
    func refusesPassword() async throws {
        let error = try await amqpError {
            try await TestBroker.withConnection {
                $0.password = "wrong"
            } _: { _ in
            }
        }
        #expect(error.code == .authenticationFailed)
        #expect(error.replyCode == 403)
        #expect(!error.isRetriable)
    }

    @Test("Refuses an unknown virtual host")
    func refusesVirtualHost() async throws {
        let error = try await amqpError {
            try await TestBroker.withConnection {
                $0.virtualHost = "no such host"
            } _: { _ in
            }
        }
        #expect(error.code == .connectFailed)
        #expect(error.replyCode == 530)
        #expect(!error.isRetriable)
    }

    @Test("Fails to connect where nobody listens")
    func failsWithoutBroker() async throws {
        let error = try await amqpError {
            try await TestBroker.withConnection {
                $0.addresses = [AMQPAddress(port: 1)]
            } _: { _ in
            }
        }
        #expect(error.code == .connectFailed)
        #expect(error.isRetriable)
    }

    @Test("Loses only the channel on which the broker objects")
    func losesOnlyTheChannel() async throws {
        try await TestBroker.withQueue { channel, queue in
            let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 10)])
            try await TestBroker.withConnection { connection in
                try await connection.withChannel { good in
                    try await connection.withChannel { bad in
                        let error = try await amqpError { _ = try await bad.status(ofQueue: "no.\(queue)") }
                        #expect(error.code == .channelClosed)
                        #expect(error.replyCode == 404)
                        let later = try await amqpError { _ = try await bad.get(queue) }
                        #expect(later.replyCode == 404)
                        let outcomes = await bad.publish([AMQPMessage(routingKey: queue)], timeout: .seconds(5))
                        guard case .failed(let reason) = outcomes[0] else { throw Missing.error(#_sourceLocation) }
                        #expect(reason.replyCode == 404)
                    }
                    let outcomes = await good.publish([AMQPMessage(routingKey: queue)], timeout: .seconds(5))
                    #expect(outcomes.map(\.isConfirmed) == [true])
                }
            }
            #expect(try await consumer.nextBatch(maximum: 1)?.count == 1)
        }
    }

    @Test("Tells an exchange that is there from one that is not, and from one with another alternate exchange")
    func tellsExchanges() async throws {
        let name = TestBroker.uniqueName("exchange")
        func exchange(_ alternate: String) -> AMQPExchange {
            AMQPExchange(
                name: name,
                type: .fanout,
                internal: true,
                arguments: ["alternate-exchange": .string(alternate)]
            )
        }
        try await TestBroker.withConnection { connection in
            let missing = try await amqpError { try await connection.withChannel { try await $0.checkExchange(name) } }
            #expect(missing.replyCode == 404)
            try await connection.withChannel { channel in
                try await channel.declare(exchange("one"))
                try await channel.checkExchange(name)
                try await channel.declare(exchange("one"))
            }
            let other = try await amqpError {
                try await connection.withChannel { try await $0.declare(exchange("two")) }
            }
            #expect(other.replyCode == 406)
            try await connection.withChannel { try await $0.deleteExchange(name) }
        }
    }

    @Test("Fails what is being published when the exchange does not exist")
    func failsOnMissingExchange() async throws {
        try await TestBroker.withConnection { connection in
            try await connection.withChannel { channel in
                let messages = (0..<10).map { _ in AMQPMessage(exchange: "no such exchange", routingKey: "key") }
                let outcomes = await channel.publish(messages, timeout: .seconds(5))
                for outcome in outcomes {
                    guard case .failed(let error) = outcome else { throw Missing.error(#_sourceLocation) }
                    #expect(error.replyCode == 404)
                }
            }
        }
    }

    @Test("Fails whatever is tried after it was closed, without waiting")
    func failsAfterClose() async throws {
        let (connection, channel) = try await TestBroker.withConnection { connection in
            try await connection.withChannel { (connection, $0) }
        }
        #expect(!connection.isOpen)
        #expect(try await amqpError { _ = try await channel.get("queue") }.code == .closed)
        #expect(try await amqpError { try await channel.acknowledge([1]) }.code == .closed)
        #expect(try await amqpError { try await connection.waitUntilUnblocked() }.code == .closed)
        #expect(try await amqpError { try await connection.withChannel { _ in } }.code == .closed)
        #expect(try await connection.waitUntilClosed().code == .closed)
        await connection.close()
    }

    @Test("Opens, uses and closes many channels at once")
    func opensManyChannels() async throws {
        try await TestBroker.withConnection { connection in
            let count = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<100 {
                    group.addTask {
                        try await connection.withChannel { channel in
                            let message = AMQPMessage(routingKey: "nowhere", mandatory: false)
                            return await channel.publish([message], timeout: .seconds(10))[0].isConfirmed
                        }
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(count == 100)
        }
    }

    @Test("Declares a topology and routes through it")
    func appliesTopology() async throws {
        let (exchange, queue) = (TestBroker.uniqueName("exchange"), TestBroker.uniqueName())
        try await TestBroker.withChannel(deleting: [queue]) { channel, _ in
            let topology = AMQPTopology(
                exchanges: [AMQPExchange(name: exchange, type: .topic, autoDelete: true)],
                queues: [.quorum(queue)],
                bindings: [AMQPBinding(source: exchange, queue: queue, routingKey: "cell.#")]
            )
            try await channel.apply(topology)
            try await channel.apply(topology)
            let messages = ["cell.a.b", "street.a"].map { AMQPMessage(exchange: exchange, routingKey: $0) }
            #expect(await channel.publish(messages, timeout: .seconds(5)).map(\.isConfirmed) == [true, false])
            #expect(try await channel.purge(queue) == 1)
            try await channel.deleteExchange(exchange)
        }
    }

    @Test("Declares hundreds of queues over several channels and tells the status of each in order")
    func appliesLargeTopology() async throws {
        try await TestBroker.withConnection { connection in
            let exchange = TestBroker.uniqueName("exchange")
            let names = (0..<300).map { "\(exchange).\($0)" }
            // They go with the connection, and the exchange with their bindings.
            let topology = AMQPTopology(
                exchanges: [AMQPExchange(name: exchange, type: .topic, autoDelete: true)],
                queues: names.map { AMQPQueue(name: $0, exclusive: true) },
                bindings: names.map { AMQPBinding(source: exchange, queue: $0, routingKey: "\($0).#") }
            )
            try await connection.apply(topology)
            try await connection.apply(topology)
            try await connection.withChannel { channel in
                let messages = names.map {
                    AMQPMessage(exchange: exchange, routingKey: "\($0).issued", mandatory: true)
                }
                #expect(await channel.publish(messages, timeout: .seconds(10)).allSatisfy(\.isConfirmed))
                let statuses = try await channel.statuses(ofQueues: names)
                #expect(statuses.map(\.name) == names)
                #expect(statuses.allSatisfy { $0.messageCount == 1 })
            }
            let error = try await amqpError {
                try await connection.withChannel {
                    _ = try await $0.statuses(ofQueues: [names[0], exchange + ".missing", names[1]])
                }
            }
            #expect(error.replyCode == 404)
        }
    }

    @Test("Names the declaration among hundreds that does not fit what is there")
    func reportsMismatchInLargeTopology() async throws {
        try await TestBroker.withQueue { channel, queue in
            try await TestBroker.withConnection { connection in
                let others = (0..<300).map { AMQPQueue(name: "\(queue).\($0)", exclusive: true) }
                let misfit = AMQPQueue(name: queue, arguments: ["x-max-length": 5])
                let error = try await amqpError {
                    try await connection.apply(AMQPTopology(queues: others + [misfit]))
                }
                #expect(error.replyCode == 406)
                #expect(error.replyText?.contains(queue) == true)
            }
        }
    }

    @Test("Names the declaration that does not fit what is there")
    func reportsMismatch() async throws {
        try await TestBroker.withQueue { channel, queue in
            let error = try await amqpError {
                try await channel.apply(
                    AMQPTopology(queues: [
                        AMQPQueue(name: queue, arguments: ["x-max-length": 5]), AMQPQueue(name: queue),
                    ])
                )
            }
            #expect(error.replyCode == 406)
            #expect(error.replyText?.contains(queue) == true)
        }
    }
}
