//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import GridModel
import GridRuntime
import GridStore
import InMemoryLogging
import Testing

/// What the broker carried is lost, and what the state file knows is enough.
@Suite("A broker that forgets, over the real broker", .needsBroker, .brokerLimit)
struct ReconcileTests {
    /// Serves all but the lane-group leaders, so that what is for them lies in their mailboxes.
    private static let upperHalf = MailboxSelection(roles: ["office", "cell-leader"])
    private static let lowerHalf = MailboxSelection(roles: ["group-leader", "liaison"])
    /// Rounds at rest in quick succession.
    private static let eager = ReconcileService.Timing(interval: .milliseconds(500), quietMilliseconds: 0)

    @Test("An order whose whole vhost is deleted in the middle completes once it is there again, unattended")
    func vhostDeleted() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root.leg(1))
                // A broker that refuses who has just come is taken to be configured otherwise.
                try await poll("all connections of the node have stood for a while") {
                    try await chain.connectionsStanding(for: 2_000) >= 4
                }
                try await chain.server.script("vhost", ["delete", chain.broker.virtualHost])
                // People go on; what they do waits in the outbox.
                try await chain.completeLeaves(under: root.leg(2))
                try await chain.awaitLog("The broker refuses this node now")
                try await chain.completeLeaves(under: root)
                try await chain.server.script("vhost", ["add", chain.broker.virtualHost])
                try await chain.awaitLog("The broker forgot this node")
                try await chain.awaitState(.completed, of: root)
                try await chain.expectEachOnce(root)
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("What lay in the mailboxes of a vhost that was deleted is sent again by the next node")
    func vhostDeletedWithMail() async throws {
        try await Chain.with { chain in
            let root = try await Self.issueToGroupLeaders(in: chain)
            try await chain.server.script("vhost", ["delete", chain.broker.virtualHost])
            try await chain.server.script("vhost", ["add", chain.broker.virtualHost])
            try await chain.withNode {
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                try await chain.expectEachOnce(root)
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("A node that declares its mailboxes for the first time takes none of them for lost")
    func firstStart() async throws {
        try await Chain.with { chain in
            // A round at rest comes due long before the last of them is declared.
            try await chain.withNode(reconcile: .init(interval: .milliseconds(10), quietMilliseconds: 0)) {
                try await chain.awaitLog("The broker knows this node from now on")
            }
            let lines = chain.log.entries.map { "\($0.message)" }
            #expect(!lines.contains("A mailbox is missing"))
            // Before, each would have been looked for as one that may have been lost.
            let ready = try #require(lines.firstIndex(of: "Ready: serving the mailboxes"))
            let known = try #require(lines.firstIndex(of: "The broker knows this node from now on"))
            #expect(ready < known)
        }
    }

    @Test("What lay in mailboxes that were deleted while no node ran is sent again", arguments: [false, true])
    func deletedUnattended(declaredByCommand: Bool) async throws {
        try await Chain.with { chain in
            let root = try await Self.issueToGroupLeaders(in: chain)
            // One node has served them, or nobody would miss them.
            try await chain.withNode(mailboxes: Self.lowerHalf, duties: .worker) {
                try await chain.awaitFanOut(of: root)
            }
            let second = try await Self.issueToGroupLeaders(in: chain)
            try await Self.deleteMailboxes(in: chain)
            if declaredByCommand { _ = try await chain.gridwork(["topology", "apply"]) }
            // The next round at rest is hours away.
            try await chain.withNode(reconcile: .init(interval: .seconds(36_000))) {
                try await chain.awaitLog("Pages disagreed", within: .seconds(30))
                for order in [root, second] {
                    try await chain.awaitFanOut(of: order)
                    try await chain.completeLeaves(under: order)
                    try await chain.awaitState(.completed, of: order)
                    try await chain.expectEachOnce(order)
                }
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("What was purged from a mailbox is sent again by a node at rest")
    func purgedAtRest() async throws {
        try await Chain.with { chain in
            let root = try await Self.issueToGroupLeaders(in: chain)
            try await Self.purgeGroupLeaders(in: chain)
            try await chain.withNode(reconcile: Self.eager) {
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                try await chain.expectEachOnce(root)
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("What a mailbox lost is sent again by the node although only a worker saw the mailbox deleted")
    func seenByWorker() async throws {
        try await Chain.with { chain in
            let root = try await Self.issueToGroupLeaders(in: chain)
            try await Self.purgeGroupLeaders(in: chain)
            let other = try StateFile.open(at: chain.store.path)
            try await finally {
                // The next round at rest of this node is minutes away.
                try await chain.withNode(mailboxes: Self.upperHalf) {
                    try await chain.withNode(instance: 1, store: other, mailboxes: Self.lowerHalf, duties: .worker) {
                        try await Self.deleteMailboxes(atMost: 1, in: chain)
                        try await chain.awaitFanOut(of: root)
                        try await chain.completeLeaves(under: root)
                        try await chain.awaitState(.completed, of: root)
                        try await chain.expectEachOnce(root)
                    }
                }
            } then: {
                try other.close()
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("What was purged from a mailbox is counted by a dry run and sent again by gridwork reconcile")
    func purgedByCommand() async throws {
        struct View: Decodable {
            let total: Int
            let mails: [String: Int]
        }
        try await Chain.with { chain in
            let root = try await Self.issueToGroupLeaders(in: chain)
            try await Self.purgeGroupLeaders(in: chain)
            let groups = chain.street.communities * chain.street.cells * chain.street.groups
            for (arguments, outbox) in [(["--dry-run"], 0), ([], groups)] {
                let output = try await chain.gridwork(["reconcile", "--json"] + arguments).output
                let view = try JSONDecoder().decode(View.self, from: Data(output.utf8))
                #expect(view.mails == ["issued": groups] && view.total == groups)
                #expect(try await chain.store.read { try $0.outboxStatus().count } == outbox)
            }
            try await chain.withNode {
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
            }
            #expect(try await chain.gridwork(["reconcile"]).output.contains("nothing is missing"))
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    @Test("An older copy of the state file, put back after its mail was handled, completes the order all the same")
    func restored() async throws {
        try await Chain.with { chain in
            let root = try await Self.issueToGroupLeaders(in: chain)
            let copy = chain.folder + "/older.sqlite"
            // No process writes now, so the file and its log are one moment.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: chain.store.path + suffix, toPath: copy + suffix)
            }
            try await chain.withNode {
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root.leg(1))
                try await chain.store.eventually("the street has heard of it, and nothing is on its way") { store in
                    try store.assignment(root)?.legs.completed == 1 && store.outboxStatus().count == 0
                }
            }
            let older = try StateFile.open(at: copy)
            let restored = chain.with(store: older)
            try await finally {
                try await restored.withNode(reconcile: Self.eager) {
                    try await restored.awaitFanOut(of: root)
                    try await restored.completeLeaves(under: root)
                    try await restored.awaitState(.completed, of: root)
                    try await restored.expectEachOnce(root)
                }
                try await restored.expectNothingLeft()
            } then: {
                try older.close()
            }
        }
    }

    @Test("Pages that agree are left as they are, however often they are compared")
    func agreement() async throws {
        try await Chain.with { chain in
            try await chain.withAgents { _ in
                try await chain.withNode(reconcile: Self.eager) {
                    let root = try await chain.issue()
                    try await chain.awaitState(.completed, of: root)
                    try await chain.expectEachOnce(root)
                    let reconciler = Reconciler(
                        store: chain.store,
                        selection: MailboxSelection(),
                        clock: chain.clock.wall,
                        logger: chain.logger
                    )
                    #expect(try await reconciler.preview(reconciler.everything).total == 0)
                    #expect(try await reconciler.run(reconciler.everything).total == 0)
                }
            }
            #expect(chain.complaints == [])
            try await chain.expectNothingLeft()
        }
    }

    /// Issues an order and lets it come as far as the mailboxes of the lane-group leaders.
    private static func issueToGroupLeaders(in chain: Chain) async throws -> AssignmentID {
        let groups = chain.street.communities * chain.street.cells * chain.street.groups
        try await chain.declareTopology()
        return try await chain.withNode(mailboxes: upperHalf) {
            let root = try await chain.issue()
            try await poll("the lane-group leaders' mailboxes are full") {
                try await chain.waitingMessages().values.reduce(0, +) == groups
            }
            try await chain.store.eventually("all of it is sent") { try $0.outboxStatus().count == 0 }
            return root
        }
    }

    /// Deletes the lane-group leaders' mailboxes, or one of them.
    private static func deleteMailboxes(atMost limit: Int = .max, in chain: Chain) async throws {
        let mailboxes = MailboxSelection(roles: ["group-leader"]).mailboxes(in: chain.organization)
        try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
            try await connection.withChannel { channel in
                for mailbox in mailboxes.prefix(limit) { _ = try await channel.deleteQueue(mailbox.name) }
            }
        }
    }

    private static func purgeGroupLeaders(in chain: Chain) async throws {
        let mailboxes = MailboxSelection(roles: ["group-leader"]).mailboxes(in: chain.organization)
        try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
            try await connection.withChannel { channel in
                for mailbox in mailboxes {
                    let count = try await channel.purge(mailbox.name)
                    #expect(count > 0)
                }
            }
        }
    }
}

extension Chain {
    /// How many connections to the chain's vhost have stood for so many milliseconds.
    fileprivate func connectionsStanding(for milliseconds: Int64) async throws -> Int {
        struct Connection: Decodable {
            let vhost: String
            let connectedAt: Int64

            enum CodingKeys: String, CodingKey {
                case vhost
                case connectedAt = "connected_at"
            }
        }
        let text = try await server.control(
            ["-q", "--formatter", "json", "list_connections", "vhost", "connected_at"]
        )
        let latest = WallClock.system.now.milliseconds - milliseconds
        return try JSONDecoder().decode([Connection].self, from: Data(text.utf8))
            .count { $0.vhost == broker.virtualHost && $0.connectedAt <= latest }
    }
}
