//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A mailbox that is full by an operator's policy", .needsBroker, .brokerLimit)
struct FullMailboxTests {
    @Test("A node that starts serves it, and loses nothing of what is in it")
    func served() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                return root
            }
            let posts = (1...2).map { chain.street.liaison(1, 1, $0) }
            let legs = try await chain.store.read { try $0.assignments(under: root) }.filter { posts.contains($0.post) }
            let mailbox = try #require(chain.organization.mailbox(of: posts[0]))
            try await chain.publish(legs.map { try chain.message(.acknowledge, $0.id, as: $0.post) })
            try await Self.limit(mailbox, to: 1, in: chain)
            try await chain.withNode {
                for leg in legs { try await chain.awaitState(.accepted, of: leg.id) }
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
            }
            #expect(!chain.complaints.contains { $0.contains("made anew") || $0.contains("give no answer") })
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }
}

extension FullMailboxTests {
    /// Has the broker refuse what comes while a mailbox holds `limit` messages or more.
    private static func limit(_ mailbox: Mailbox, to limit: Int, in chain: Chain) async throws {
        let vhost = chain.broker.virtualHost
        let pattern = "^" + mailbox.name.replacing(".", with: "[.]") + "$"
        let definition = #"{"max-length": \#(limit), "overflow": "reject-publish"}"#
        try await chain.server.control(["set_policy", "-p", vhost, "full", pattern, definition, "--apply-to", "queues"])
    }
}
