//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import Testing

/// Three private RabbitMQ nodes that are one cluster.
struct TestCluster: Sendable {
    /// The cluster of the suite that runs, started once for all its tests; see `ClusterScope`.
    @TaskLocal static var current: TestCluster?

    /// The members in the order in which `deploy/broker` numbers them, from 1.
    let members: [TestBroker]
    /// How to reach the vhost `/` at all of them.
    let configuration: AMQPConfiguration

    /// The cluster as one broker, whose vhosts are made and looked at through its first member.
    var broker: TestBroker { TestBroker(directory: members[0].directory, configuration: configuration) }

    /// The member that listens at `address`.
    func member(at address: AMQPAddress) throws -> TestBroker {
        try #require(members.first { $0.configuration.addresses == [address] })
    }

    /// Starts what does not run.
    func restore() async throws {
        for member in members { try await member.script("start") }
    }

    /// Makes a member the leader of every quorum queue, each of which has to have a replica on every node.
    static func leadEverything(at member: TestBroker) async throws {
        let quorum = "Q <- rabbit_amqqueue:list(), amqqueue:is_quorum(Q)"
        let led = "[{Name, Node} || \(quorum), {Name, Node} <- [amqqueue:get_pid(Q)], Node =/= node()]"
        try await poll("it leads every queue", within: .seconds(60)) {
            try await evaluate(
                """
                3 = lists:min([length(maps:get(nodes, amqqueue:get_type_state(Q))) || \(quorum)]),
                [ra:transfer_leadership({Name, Node}, {Name, node()}) || {Name, Node} <- \(led)],
                timer:sleep(500),
                length(\(led)).
                """,
                on: member
            ).hasPrefix("0")
        }
    }

    /// Stops two of the three replicas of a quorum queue, so that it gives no answer, or starts them again.
    static func silence(_ queue: String, in vhost: String, _ isSilent: Bool, on member: TestBroker) async throws {
        try await evaluate(
            """
            {ok, Q} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"\(vhost)">>, queue, <<"\(queue)">>)),
            {Name, _} = amqqueue:get_pid(Q),
            [ok = ra:\(isSilent ? "stop_server" : "restart_server")(quorum_queues, {Name, Node})
             || Node <- lists:delete(node(), rabbit_nodes:all_running())].
            """,
            on: member
        )
    }

    /// Runs Erlang in a member.
    @discardableResult
    private static func evaluate(_ expression: String, on member: TestBroker) async throws -> String {
        try await member.control(["--quiet", "eval", expression])
    }

    /// Runs `body` with a cluster of its own, which is stopped however the body ends.
    static func withOwn(_ body: (TestCluster) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let directory = folder + "/cluster"
            try await finally {
                try await TestBroker.script(["cluster", "start", directory])
                func configuration(_ arguments: [String]) async throws -> AMQPConfiguration {
                    let url = try await TestBroker.script(arguments)
                    return try AMQPConfiguration(url: url.trimmingCharacters(in: .whitespacesAndNewlines))
                }
                var members: [TestBroker] = []
                for number in 1...3 {
                    let member = "\(directory)/\(number)"
                    let address = try await configuration(["url", member])
                    members.append(TestBroker(directory: member, configuration: address))
                }
                let all = try await configuration(["cluster", "url", directory])
                try await body(TestCluster(members: members, configuration: all))
            } then: {
                try await TestBroker.script(["cluster", "stop", directory])
            }
        }
    }
}

/// Starts a cluster for all tests of a suite.
struct ClusterScope: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await TestCluster.withOwn { cluster in
            try await TestCluster.$current.withValue(cluster) { try await function() }
        }
    }
}

extension Trait where Self == ClusterScope {
    /// Runs the suite with three broker nodes in `TestCluster.current`.
    static var cluster: Self { Self() }
}

extension Chain {
    /// Runs `body` in a vhost of its own on the suite's cluster, of which it may kill members; they are started again.
    static func withCluster(
        street: Street = .small,
        _ body: @escaping @Sendable (Chain, TestCluster) async throws -> Void
    ) async throws {
        let cluster = try #require(TestCluster.current)
        try await Permits.chains.withPermit {
            try await cluster.broker.withVhost { vhost in
                try await finally {
                    try await with(street: street, on: cluster.broker, vhost: vhost, heartbeat: .seconds(2)) { chain in
                        try await body(chain, cluster)
                    }
                } then: {
                    try await cluster.restore()
                }
            }
        }
    }
}
