//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A street on two nodes with a state file each, over the real broker", .needsBroker, .brokerLimit)
struct TwoNodesTests {
    @Test(
        "An order completes across both although one is killed in the middle, with nothing lost or doubled",
        arguments: [0, 1]
    )
    func killed(victim: Int) async throws {
        try await TwoNodes.with { two in
            let (street, community) = (two.street, two.community)
            let root = try await street.withAgents(delay: 0.02...0.2) { _ in
                var nodes = [try await two.start(0), try await two.start(1)]
                defer { for node in nodes { node.signal(SIGKILL) } }
                let root = try await street.issue()
                let (own, other) = victim == 0 ? (street, community) : (community, street)
                try await own.awaitCompletions(4, of: root)
                nodes[victim].signal(SIGKILL)
                #expect(try await nodes[victim].end() == 128 + SIGKILL)
                // Nobody waits for the one that is down.
                try await other.awaitCompletions(8, of: root)
                #expect(try await street.assignment(root)?.state != .completed)
                nodes[victim] = try await two.start(victim)
                try await street.awaitState(.completed, of: root)
                for node in nodes {
                    node.signal(SIGTERM)
                    #expect(try await node.end() == 0)
                }
                return root
            }
            // Each has the pages of its own posts: the street's office and two cells, and two cells.
            let cells = street.street.legs / 2
            #expect(try await street.store.read { try $0.assignments(under: root).count } == cells + 1)
            #expect(try await community.store.read { try $0.assignments(under: root).count } == cells)
            try await two.expectDone(root)
        }
    }
}
