//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

/// The street that `deploy/samples` has, with all its 164 mailboxes; its smallest community has a node of its own.
@Suite("The sample street on two nodes, over the real broker", .needsBroker, .brokerLimit)
struct SampleStreetTests {
    private static let communities = ["310105002015", "310105002016"]

    @Test(
        "An order to two communities completes although the node of one is killed in the middle, nothing lost or doubled"
    )
    func killed() async throws {
        let path = Program.projectFile("deploy/samples/jiangsu-road.organization.json")
        let file = try Data(contentsOf: URL(fileURLWithPath: path))
        try await TwoNodes.with(organization: Array(file), apart: Self.communities[1]) { two in
            let organization = two.street.organization
            let office = try #require(organization.top?.post)
            let legs = try Self.communities.map { code in
                organization.units(in: try #require(UnitCode(code))).count { organization.level(of: $0).receivesWork }
            }
            // Slow enough that the middle is still the middle when a busy machine has noticed it.
            let root = try await two.street.withAgents(delay: 0.2...2) { _ in
                var nodes = [try await two.start(0), try await two.start(1)]
                defer { for node in nodes { node.signal(SIGKILL) } }
                let root = try await two.street.issue(two.street.draft(scope: Self.communities), by: office)
                try await two.community.awaitCompletions(20, of: root)
                nodes[1].signal(SIGKILL)
                #expect(try await nodes[1].end() == 128 + SIGKILL)
                // The other community waits for nobody.
                try await two.street.awaitCompletions(legs[0], of: root)
                #expect(try await two.street.assignment(root)?.state != .completed)
                nodes[1] = try await two.start(1)
                try await two.street.awaitState(.completed, of: root)
                for node in nodes {
                    node.signal(SIGTERM)
                    #expect(try await node.end() == 0)
                }
                return root
            }
            #expect(try await two.street.store.read { try $0.assignments(under: root).count } == legs[0] + 1)
            #expect(try await two.community.store.read { try $0.assignments(under: root).count } == legs[1])
            try await two.expectDone(root, legs: 1 + legs[0] + legs[1])
        }
    }
}
