//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Foundation
import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("An area that two nodes should host, over the real broker", .needsBroker, .brokerLimit)
struct HostingTests {
    @Test("A second node that hosts what a first one has is refused, also while the first is down")
    func refusedAtStart() async throws {
        try await TwoNodes.with { two in
            try await two.street.withProcess { node in
                try await Self.expectRefused(two.community)
                let doctor = try await two.community.gridwork(
                    ["doctor"],
                    environment: TwoNodes.communitySettings,
                    expecting: 1
                )
                #expect(doctor.output.contains("another node than this one"))
                #expect(try await two.street.gridwork(["doctor"]).output.contains("no other hosts its areas"))
                node.signal(SIGTERM)
                #expect(try await node.end() == 0)
            }
            try await Self.expectRefused(two.community)
        }
    }

    @Test("A node that finds its area taken over while it runs stops serving, says so and ends")
    func foundWhileRunning() async throws {
        try await TwoNodes.with { two in
            try await two.street.withProcess { first in
                _ = try await two.community.gridwork(["topology", "release", TwoNodes.secondCommunity, "--force"])
                try await two.community.withProcess(environment: TwoNodes.communitySettings) { second in
                    try await two.closeConnections()
                    let status = try await within(.seconds(60), "it ends") { try await first.end() }
                    #expect(status == 78)
                    #expect(try first.errors().contains("another node than this one"))
                    try await poll("the second serves alone") { try await two.consumers() == [0, 1] }
                    #expect(second.isRunning)
                }
            }
        }
    }

    @Test("Processes of one node are not refused, however their connections break")
    func oneNode() async throws {
        try await TwoNodes.with { two in
            try await two.street.withProcess { node in
                try await two.street.withProcess(["worker", "--all"]) { worker in
                    try await two.closeConnections()
                    for process in [node, worker] {
                        try await poll("it serves again", within: .seconds(60)) {
                            try process.errors().components(separatedBy: "Ready: ").count == 3
                        }
                    }
                    try await poll("either mailbox has one consumer") { try await two.consumers() == [1, 1] }
                    #expect(node.isRunning && worker.isRunning)
                }
            }
        }
    }

    @Test("An area moves to another node once it has been released, and no sooner")
    func handedOver() async throws {
        let release = ["topology", "release", TwoNodes.secondCommunity]
        try await TwoNodes.with { two in
            try await two.street.withProcess { node in
                let refused = try await two.street.gridwork(release, expecting: 1)
                #expect(refused.errors.contains("a node serves"))
                node.signal(SIGTERM)
                #expect(try await node.end() == 0)
            }
            let root = try await two.street.withAgents { _ in
                let street = try await two.start(0)
                defer { street.signal(SIGKILL) }
                try await Self.expectRefused(two.community)
                _ = try await two.street.gridwork(release)
                let community = try await two.start(1)
                defer { community.signal(SIGKILL) }
                let root = try await two.street.issue()
                try await two.street.awaitState(.completed, of: root)
                for node in [street, community] {
                    node.signal(SIGTERM)
                    #expect(try await node.end() == 0)
                }
                return root
            }
            try await two.expectDone(root)
        }
    }

    /// Expects that the second community's node ends at once, with the exit code of a setting that does not hold.
    private static func expectRefused(_ community: Chain) async throws {
        let node = try await community.startProcess(environment: TwoNodes.communitySettings, awaiting: nil)
        defer { node.signal(SIGKILL) }
        let status = try await within(.seconds(30), "it is refused") { try await node.end() }
        #expect(status == 78)
        let errors = try node.errors()
        #expect(errors.contains("Another node hosts the area"))
        #expect(errors.contains("gridwork.host.cell.\(TwoNodes.secondCommunity)001.cell-leader"))
        #expect(errors.contains("gridwork topology release"))
        #expect(!errors.contains("Ready"))
    }
}

extension TwoNodes {
    /// Has the broker close every connection of the vhost.
    fileprivate func closeConnections() async throws {
        let vhost = street.broker.virtualHost
        try await street.server.script("ctl", ["close_all_connections", "--vhost", vhost, "test"])
    }

    /// How many processes serve a mailbox of the first community, and one of the second.
    fileprivate func consumers() async throws -> [Int] {
        let names = ["001", "002"].map { "cell.\(Street.code)\($0)001.liaison" }
        return try await AMQPConnection.withConnection(street.broker, logger: street.logger) { connection in
            var counts: [Int] = []
            for name in names { counts.append(try await connection.status(of: name)?.consumerCount ?? 0) }
            return counts
        }
    }
}
