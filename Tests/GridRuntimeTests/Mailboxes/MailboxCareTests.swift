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

@Suite("What looks after the mailboxes, over the real broker", .needsBroker, .brokerLimit)
struct MailboxCareTests {
    /// Looks in quick succession.
    private static let eager = CareTiming(interval: .seconds(1), handlingLimit: .seconds(2))
    private static let mailbox = "cell.\(Street.code)001001.liaison"

    @Test("A mailbox whose consumer was lost without a word is noticed and served again")
    func lostConsumer() async throws {
        try await Chain.with { chain in
            try await chain.withNode(care: Self.eager) {
                #expect(try await chain.consumers(of: Self.mailbox) == 1)
                try await chain.loseConsumer(of: Self.mailbox)
                try await chain.awaitLog("A mailbox lost its consumer")
                try await poll("it is served again") { try await chain.consumers(of: Self.mailbox) == 1 }
                try await chain.awaitFanOut(of: chain.issue())
            }
        }
    }

    @Test("A mailbox whose consumer was lost has one again, and no more, though two processes are there for it")
    func lostBesideAnother() async throws {
        try await Chain.with { chain in
            let other = try StateFile.open(at: chain.store.path)
            try await finally {
                try await chain.withNode(care: Self.eager) {
                    try await chain.withNode(instance: 1, store: other, duties: .worker, care: Self.eager) {
                        try await poll("one serves it") { try await chain.consumers(of: Self.mailbox) == 1 }
                        try await chain.loseConsumer(of: Self.mailbox)
                        try await poll("one serves it again", within: .seconds(30)) {
                            try await chain.consumers(of: Self.mailbox) == 1
                        }
                        try await chain.awaitFanOut(of: chain.issue())
                    }
                }
            } then: {
                try other.close()
            }
        }
    }

    @Test("Processes that come and go make none of the others connect anew")
    func others() async throws {
        try await Chain.with { chain in
            let other = try StateFile.open(at: chain.store.path)
            try await finally {
                try await chain.withNode(care: Self.eager) {
                    for instance in 1...3 {
                        try await chain.withNode(instance: instance, store: other, duties: .worker, care: Self.eager) {
                            try await poll("the newcomer serves its mailboxes") {
                                try await chain.store.read { store in
                                    let version = try store.scaleVersion()
                                    let processes = try store.workerProcesses()
                                    return processes.count == 2 && processes.allSatisfy { $0.applied >= version }
                                }
                            }
                        }
                    }
                    try await chain.awaitFanOut(of: chain.issue())
                }
            } then: {
                try other.close()
            }
            #expect(chain.complaints == [])
        }
    }

    @Test("When a message to itself does not come back, the connection is made anew")
    func echoLost() async throws {
        try await Chain.with { chain in
            let vhost = chain.broker.virtualHost
            try await chain.withNode(care: Self.eager) {
                let before = chain.connections
                // The broker takes nothing for queues that it named itself, as the one that an echo waits in.
                let limits = #"{"max-length": 0, "overflow": "reject-publish"}"#
                try await chain.server.control(
                    ["-q", "set_policy", "-p", vhost, "deaf", "^amq[.]gen", limits, "--apply-to", "queues"]
                )
                try await poll("it has connected anew, twice", within: .seconds(30)) { chain.connections >= before + 2 }
                try await chain.server.control(["-q", "clear_policy", "-p", vhost, "deaf"])
                try await chain.awaitFanOut(of: chain.issue())
            }
        }
    }

    @Test("A process that holds messages and handles none is not well, until it does")
    func hung() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                return root
            }
            let node = Node(
                NodeConfiguration(broker: chain.broker, statePath: chain.store.path, care: Self.eager),
                store: chain.store,
                clock: chain.clock.wall,
                logger: chain.logger
            )
            try await chain.running(node.services, ending: .graceful) {
                await node.readiness.waitUntilFirstReady()
                // Whoever handles a message waits behind this writer, which no limit ends.
                let (hangs, ends) = (StopFlag(), DispatchSemaphore(value: 0))
                Thread.detachNewThread {
                    do {
                        try chain.store.writeNow { _ in
                            hangs.set()
                            ends.wait()
                        }
                    } catch {
                        Issue.record(error)
                    }
                }
                // Whatever happens, or nothing could end.
                defer { ends.signal() }
                await hangs.wait()
                let leader = chain.street.cellLeader(1)
                try await chain.publish([try chain.message(.acknowledge, root.leg(1), as: leader)])
                try await poll("it says so", within: .seconds(30)) {
                    node.health.ready().contains { $0.problem?.contains("none was handled") == true }
                }
                try await poll("nobody takes it for alive", within: .seconds(30)) {
                    node.health.live().contains { $0.problem != nil }
                }
                try await chain.awaitLog("Messages are held and none is handled")
                ends.signal()
                try await poll("it is well again") {
                    (node.health.live() + node.health.ready()).allSatisfy { $0.problem == nil }
                }
            }
        }
    }
}

extension Chain {
    /// How often the mailboxes have begun to be served.
    fileprivate var connections: Int {
        log.entries.count { "\($0.message)".hasPrefix("Ready") }
    }

    fileprivate func consumers(of queue: String) async throws -> Int? {
        try await AMQPConnection.withConnection(broker, logger: logger) { connection in
            try await connection.status(of: queue)?.consumerCount
        }
    }

    /// Has a queue forget one of its consumers, of which neither the consumer nor its channel is told.
    fileprivate func loseConsumer(of queue: String) async throws {
        let name = #"rabbit_misc:r(<<"\#(broker.virtualHost)">>, queue, <<"\#(queue)">>)"#
        let lost = try await server.control(
            [
                "-q", "eval",
                """
                {ok, Queue} = rabbit_amqqueue:lookup(\(name)),
                Leader = amqqueue:get_pid(Queue),
                {ok, {_, Consumers}, _} = ra:leader_query(Leader, fun rabbit_fifo:query_consumers/1),
                [First | _] = lists:sort(maps:keys(Consumers)),
                {ok, _, _} = ra:process_command(Leader, rabbit_fifo:make_checkout(First, cancel, #{})),
                lost.
                """,
            ]
        )
        #expect(lost.contains("lost"))
    }
}
