//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("A message over which the process crashes, over the real broker", .needsBroker, .brokerLimit)
struct CrashingMessageTests {
    @Test("It is set aside after three attempts while others go on, and handled when replayed after the repair")
    func setAside() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                return root
            }
            // Two liaisons that share a mailbox, and one in another cell.
            let (leg, neighbour, stranger) = (
                root.leg(1).leg(1).leg(1), root.leg(1).leg(1).leg(2), root.leg(2).leg(1).leg(1)
            )
            let liaison = chain.street.liaison(1, 1, 1)
            try await chain.publish([
                chain.message(.acknowledge, leg, as: liaison, id: Chain.id("poison")),
                chain.message(.acknowledge, neighbour, as: chain.street.liaison(1, 1, 2)),
                chain.message(.acknowledge, stranger, as: chain.street.liaison(2, 1, 1)),
            ])
            let faulty = ["GRIDWORK_TEST_CRASH_ON": "poison"]
            // The first delivery, and then every attempt.
            for _ in 0...3 {
                #expect(try await chain.deadLetters.letters().isEmpty)
                let node = try await chain.startProcess(environment: faulty)
                let status = try await within(.seconds(60), "it crashes") { try await node.end() }
                #expect(status == 86)
            }
            #expect(try await chain.assignment(neighbour)?.state == .accepted, "handled before the poison is set aside")
            #expect(try await chain.assignment(stranger)?.state == .accepted, "handled before the poison is set aside")
            #expect(try await chain.assignment(leg)?.state == .issued)

            let node = try await chain.startProcess(environment: faulty)
            let letter = try #require(try await chain.awaitDeadLetters(1).first)
            #expect(letter.problem.kind == "crashed" && letter.problem.attempts == 3)
            #expect(letter.message.messageID == "poison")
            #expect(letter.origin == chain.organization.mailbox(of: liaison)?.name)
            try await chain.act(.complete, neighbour)
            node.signal(SIGTERM)
            #expect(try await node.end() == 0)

            #expect(try await chain.deadLetters.replay(letter.key) == .done)
            try await chain.withNode {
                try await chain.awaitState(.accepted, of: leg)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
            }
            for id in [leg, neighbour, stranger] { #expect(try await chain.count(.acknowledged, on: id) == 1) }
            try await chain.expectNothingLeft()
        }
    }
}
