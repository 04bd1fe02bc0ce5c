//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridMetrics
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A node's metrics", .brokerLimit)
struct NodeMetricsTests {
    @Test("What a node does on an order shows in its figures", .needsBroker)
    func figures() async throws {
        try await Chain.with { chain in
            let registry = MetricsRegistry(NodeMetrics.descriptions)
            let node = Node(
                NodeConfiguration(broker: chain.broker, statePath: chain.store.path),
                store: chain.store,
                clock: chain.clock.wall,
                metrics: registry,
                logger: chain.logger
            )
            let page = MetricsPage(
                registry: registry,
                version: "test",
                health: node.health,
                node: node,
                store: chain.store,
                clock: chain.clock.wall,
                logger: chain.logger
            )
            try await chain.withAgents { _ in
                try await chain.running(node.services, ending: .graceful) {
                    let root = try await chain.issue()
                    try await chain.awaitState(.completed, of: root)
                    try await chain.store.eventually("the outbox is empty") { try $0.outboxStatus().count == 0 }
                    let text = await page.text()
                    let handled = try #require(Self.value("gridwork_messages_handled_total", in: text))
                    let confirmed = try #require(
                        Self.value(#"gridwork_publishes_total{outcome="confirmed"}"#, in: text)
                    )
                    #expect(handled > 0 && confirmed > 0)
                    #expect(Self.value(#"gridwork_publishes_total{outcome="nacked"}"#, in: text) == 0)
                    #expect(Self.value("gridwork_batch_messages_sum", in: text) == handled)
                    for histogram in ["transaction", "commit", "confirm"] {
                        let count = Self.value("gridwork_\(histogram)_duration_seconds_count", in: text)
                        #expect(count ?? 0 > 0, "\(histogram)")
                    }
                    for purpose in BrokerLink.Purpose.allCases {
                        #expect(Self.value(#"gridwork_connection_up{purpose="\#(purpose.rawValue)"}"#, in: text) == 1)
                    }
                    for part in Health.Part.allCases {
                        #expect(Self.value(#"gridwork_ready{part="\#(part.rawValue)"}"#, in: text) == 1, "\(part)")
                    }
                    #expect(Self.value("gridwork_messages_dead_lettered_total", in: text) == 0)
                    #expect(!text.contains("@"))
                }
            }
        }
    }

    private static func value(_ sample: String, in text: String) -> Double? {
        text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }?.split(separator: " ").last
            .flatMap { Double($0) }
    }
}
