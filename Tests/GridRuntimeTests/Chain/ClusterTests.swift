//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import InMemoryLogging
import Testing

/// Three broker nodes, with every mailbox on all of them.
@Suite("A broker of three nodes", .needsBroker, .serialized, .cluster, .brokerLimit)
struct ClusterTests {
    /// How long mailboxes may go unserved when their leader, and the node's connection with it, is killed: well below
    /// what a lease of the outbox, or a look after the mailboxes, takes.
    private static let failoverLimit = Duration.seconds(15)

    @Test("An order completes although the node that leads all mailboxes and serves Gridwork is killed in the middle")
    func leaderKilled() async throws {
        try await Chain.withCluster { chain, cluster in
            let root = try await chain.withAgents(delay: 0.05...0.3) { _ in
                try await chain.withNode {
                    let victim = try cluster.member(at: chain.servedAt)
                    try await TestCluster.leadEverything(at: victim)
                    let root = try await chain.issue()
                    try await chain.store.eventually("it is in the middle") { store in
                        try store.counts(under: root, now: chain.clock.now).states.completed >= 4
                    }
                    let before = chain.timesReady
                    try await victim.script("kill")
                    try await poll("the mailboxes are served elsewhere", within: Self.failoverLimit) {
                        chain.timesReady > before
                    }
                    let lost = victim.configuration.addresses[0]
                    #expect(try chain.servedAt != lost)
                    try await chain.awaitState(.completed, of: root)
                    let findings = await Doctor(broker: chain.broker, logger: chain.logger).examine(chain.store)
                    #expect(findings.contains { $0.level == .warning && $0.finding.hasPrefix("\(lost): ") })
                    return root
                }
            }
            #expect(!chain.complaints.contains { $0.hasPrefix("Mailboxes give no answer") })
            #expect(!chain.complaints.contains { $0.hasPrefix("The broker forgot") })
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    @Test("What was confirmed is there, and the rest is confirmed later, when the leader dies under two publishers")
    func leaderKilledUnderPublishers() async throws {
        try await Chain.withCluster { chain, cluster in
            let queue = "publishing"
            let (victim, bystander) = (cluster.members[1], cluster.members[2])
            try await AMQPConnection.withConnection(chain.broker, logger: chain.logger) { connection in
                try await connection.withChannel { _ = try await $0.declare(.quorum(queue)) }
            }
            try await TestCluster.leadEverything(at: victim)
            let publishers = [victim, bystander].enumerated().map { number, member in
                SteadyPublisher(
                    number: number,
                    queue: queue,
                    start: member.configuration.addresses,
                    broker: chain.broker
                )
            }
            try await withThrowingTaskGroup { group in
                for publisher in publishers { group.addTask { try await publisher.run(logger: chain.logger) } }
                try await poll("both publish") { publishers.allSatisfy { $0.confirmed.count > 1_000 } }
                try await victim.script("kill")
                let counts = publishers.map(\.confirmed.count)
                try await poll("both publish again", within: Self.failoverLimit) {
                    zip(publishers, counts).allSatisfy { $0.confirmed.count > $1 + 500 }
                }
                for publisher in publishers { publisher.finish() }
                try await group.waitForAll()
            }
            let received = try await chain.bodies(in: queue)
            for publisher in publishers {
                #expect(publisher.confirmed.count == publisher.published)
                #expect(publisher.confirmed.subtracting(received).isEmpty, "confirmed and lost")
            }
        }
    }

    @Test("A mailbox without a majority of its replicas is left as it is, and served when they are back")
    func silentMailbox() async throws {
        try await Chain.withCluster { chain, cluster in
            try await chain.declareTopology()
            let mailbox = try #require(
                MailboxSelection(roles: ["group-leader"]).mailboxes(in: chain.organization).first
            )
            let (member, vhost) = (cluster.members[0], chain.broker.virtualHost)
            try await TestCluster.silence(mailbox.name, in: vhost, true, on: member)
            try await chain.withNode {
                try await chain.awaitLog("Mailboxes give no answer")
                try await TestCluster.silence(mailbox.name, in: vhost, false, on: member)
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                try await chain.expectEachOnce(root)
            }
            #expect(!chain.complaints.contains { $0.hasPrefix("A mailbox gives no answer; it is made anew") })
            try await chain.expectNothingLeft()
        }
    }
}

extension Chain {
    /// How often the node has begun to serve its mailboxes.
    fileprivate var timesReady: Int { readyAt.count }

    /// Where the node last began to serve its mailboxes.
    fileprivate var servedAt: AMQPAddress {
        get throws {
            let text = try #require(readyAt.last)
            return try #require(broker.addresses.first { "\($0)" == text })
        }
    }

    private var readyAt: [String] {
        log.entries.filter { "\($0.message)".hasPrefix("Ready: serving the mailboxes") }
            .compactMap { $0.metadata["amqp.address"].map { "\($0)" } }
    }

    /// Takes everything from a queue.
    fileprivate func bodies(in queue: String) async throws -> Set<String> {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.withChannel { channel in
                var left = try await channel.status(ofQueue: queue).messageCount
                let consumer = try await channel.consume([AMQPSubscription(queue: queue, prefetch: 1_000)])
                var bodies: Set<String> = []
                while left > 0, let batch = try await consumer.nextBatch(maximum: 1_000) {
                    bodies.formUnion(batch.map { String(decoding: $0.body, as: UTF8.self) })
                    left -= batch.count
                    try await channel.acknowledge(batch)
                }
                return bodies
            }
        }
    }
}
