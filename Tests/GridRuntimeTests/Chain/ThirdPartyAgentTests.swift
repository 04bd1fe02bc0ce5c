//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Agents that are not ours, over the real broker", .needsBroker, .brokerLimit)
struct ThirdPartyAgentTests {
    @Test("An agent in Python, written from the schemas alone, carries an assignment from issue to completion")
    func completes() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let liaison = chain.street.liaison(1, 1, 1)
                let (events, root) = try await Self.act(
                    for: liaison,
                    ["acknowledge", "progress=已走访 12 户", "complete=已办结"],
                    in: chain
                )
                #expect(events.map(\.event) == ["ready", "issued", "reported", "reported", "reported"])
                #expect(events.dropFirst(2).map(\.what) == ["acknowledged", "progressed", "completed"])
                let leg = root.leg(1).leg(1).leg(1)
                let history = try await chain.store.read { try $0.history(under: leg, limit: 100) }
                #expect(history.map(\.event) == [.issued, .acknowledged, .progressed, .completed])
                #expect(history.dropFirst().allSatisfy { $0.actor == liaison })
                #expect(history[2].note == "已走访 12 户")
            }
        }
    }

    @Test("A refused command comes back to the agent with the reason, and it can go on")
    func refused() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let (events, root) = try await Self.act(
                    for: chain.street.liaison(2, 2, 1),
                    ["progress=还没签收", "signOff", "acknowledge", "acknowledge", "return=无法办理"],
                    in: chain
                )
                #expect(
                    events.map(\.event) == ["ready", "issued", "refused", "refused", "reported", "refused", "reported"]
                )
                #expect(events.compactMap(\.reason) == ["wrongState", "notYours", "wrongState"])
                #expect(events.filter { $0.event == "refused" }.allSatisfy { $0.detail?.isEmpty == false })
                #expect(try await chain.assignment(root.leg(2).leg(2).leg(1))?.state == .returned)
            }
        }
    }

    /// A line the agent prints.
    private struct Event: Decodable {
        var event: String
        var what: String
        var reason: String?
        var detail: String?
    }

    /// Runs the agent for a post, issues an order once it listens, and returns what it told when it is done.
    private static func act(
        for post: PostAddress,
        _ actions: [String],
        in chain: Chain
    ) async throws -> ([Event], AssignmentID) {
        let mailbox = try #require(chain.organization.mailbox(of: post)).name
        let url = chain.server.url(vhost: chain.broker.virtualHost)
        let agent = try RunningProgram(
            Program.python,
            [Program.projectFile("deploy/checks/agent.py"), url, mailbox, post.code.digits] + actions,
            folder: chain.folder
        )
        try await agent.awaits("ready")
        let root = try await chain.issue()
        let status = try await agent.end()
        let output = try agent.output()
        let errors = try agent.errors()
        #expect(status == 0, "\(output)\(errors)")
        let events = try output.split(separator: "\n").map { line in
            try JSONDecoder().decode(Event.self, from: Data(line.utf8))
        }
        return (events, root)
    }
}
