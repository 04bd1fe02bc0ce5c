//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridMetrics
import GridModel
import GridStore
import Testing

@testable import GridRuntime

@Suite("Echo", .needsBroker, .brokerLimit)
struct EchoTests {
    @Test("A message to oneself comes back, and leaves nothing behind")
    func comesBack() async throws {
        try await Chain.with { chain in
            let echo = Echo(sender: chain.broker, logger: chain.logger)
            try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
                for _ in 0..<3 {
                    let duration = try #require(try await echo.roundTrip(over: connection))
                    #expect(duration > .zero)
                }
            }
            let queues = try await chain.server.control(["-q", "list_queues", "-p", chain.broker.virtualHost, "name"])
            #expect(!queues.contains("amq.gen"))
        }
    }

    @Test("Each connection of a node is tried by a message to itself, and made anew when none comes back")
    func eachConnection() async throws {
        try await Chain.with { chain in
            let registry = MetricsRegistry(NodeMetrics.descriptions)
            let node = Node(
                NodeConfiguration(
                    broker: chain.broker,
                    statePath: chain.store.path,
                    care: CareTiming(interval: .milliseconds(300))
                ),
                store: chain.store,
                clock: chain.clock.wall,
                metrics: registry,
                logger: chain.logger
            )
            /// Which connections have a figure above zero.
            @Sendable func above(_ name: String) -> Set<String> {
                let samples = registry.families().filter { $0.description.name == name }.flatMap(\.samples)
                return Set(
                    samples.compactMap { sample in
                        guard case .number(let number) = sample.value, number > 0 else { return nil }
                        return sample.labels["purpose"]
                    }
                )
            }
            let all = Set(BrokerLink.Purpose.allCases.map(\.rawValue))
            try await chain.running(node.services, ending: .graceful) {
                try await poll("messages come back", within: .seconds(20)) { above("gridwork_echo_seconds") == all }
                #expect(above("gridwork_connection_failures_total") == [])
                // The broker takes nothing for queues that it named itself, as the one that an echo waits in.
                let limits = #"{"max-length": 0, "overflow": "reject-publish"}"#
                try await chain.server.control(
                    ["-q", "set_policy", "-p", chain.broker.virtualHost, "deaf", "^amq[.]gen", limits]
                )
                try await poll("all are made anew") { above("gridwork_connection_failures_total") == all }
                try await chain.server.control(["-q", "clear_policy", "-p", chain.broker.virtualHost, "deaf"])
                try await poll("all stand again") { node.links.allSatisfy { $0.isUp } }
                try await chain.awaitFanOut(of: chain.issue())
            }
        }
    }

    @Test("A message that does not come back is an error after which the connection is made anew")
    func doesNotComeBack() async throws {
        try await Chain.with { chain in
            var elsewhere = chain.broker
            elsewhere.virtualHost = "/"
            let echo = Echo(sender: elsewhere, logger: chain.logger)
            try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
                let error = await #expect(throws: AMQPError.self) { _ = try await echo.roundTrip(over: connection) }
                #expect(error?.isRetriable == true)
            }
        }
    }
}
