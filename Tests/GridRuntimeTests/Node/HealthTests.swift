//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime
import GridStore
import Logging
import Testing

@Suite("A node's health", .brokerLimit)
struct HealthTests {
    @Test("A node is ready while frames arrive, and is alive though its broker is silent", .needsBroker)
    func silentBroker() async throws {
        try await Chain.withOwnBroker { chain in
            let node = Node(
                NodeConfiguration(broker: chain.broker, statePath: chain.store.path),
                store: chain.store,
                clock: chain.clock.wall,
                logger: chain.logger
            )
            #expect(Self.failing(node) == [.broker, .mailboxes])
            try await chain.running(node.services, ending: .graceful) {
                try await poll("the node is ready") { Self.failing(node).isEmpty }
                try await poll("all connections stand") { node.links.allSatisfy { $0.isUp } }
                try await chain.server.script("pause")
                // Twice the heartbeat of a second, or the end of the connection if that comes first.
                try await poll("the node is not ready") { Self.failing(node).contains(.broker) }
                #expect(node.health.live().allSatisfy { $0.problem == nil })
                try await chain.server.script("continue")
                try await poll("the node is ready again") { Self.failing(node).isEmpty }
            }
            #expect(Self.failing(node).contains(.mailboxes))
        }
    }

    @Test("A state file that takes no writes is told by the seconds since it did")
    func stateFile() {
        let health = Health(stateFileAge: { .seconds(30) })
        #expect(health.ready() == [.init(part: .stateFile, problem: "it could not be written for 30 s")])
        #expect(health.live().isEmpty)
    }

    private static func failing(_ node: Node) -> [Health.Part] {
        node.health.ready().filter { $0.problem != nil }.map(\.part)
    }
}
