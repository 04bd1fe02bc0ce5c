//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridRuntime
import GridStore
import Testing

@testable import GridModel

@Suite("Messages out of order over the real broker", .needsBroker, .brokerLimit)
struct OutOfOrderTests {
    @Test("A recall that overtakes its issue leaves a tombstone, and the late issue changes nothing")
    func recallBeforeIssue() async throws {
        try await Chain.with { chain in
            let leader = chain.street.groupLeader(1, 1)
            let liaison = chain.street.liaison(1, 1, 1)
            // Issued while no node runs: the order's number is known before its first message is sent.
            let root = try await chain.issue()
            let leg = root.leg(1).leg(1).leg(1)
            try await chain.declareTopology()
            try await chain.publish([
                chain.message(
                    Mail(
                        id: Chain.newID(),
                        source: leader,
                        target: liaison,
                        assignment: leg,
                        time: chain.clock.now,
                        body: .recalled(NoteBody(note: "不再需要"))
                    )
                )
            ])
            try await chain.withNode {
                try await chain.awaitFanOut(of: root)
                try await chain.store.eventually("the late issue is on the page") { store in
                    try store.history(under: leg, limit: 100).contains { $0.event == .ignored }
                }
                #expect(try await chain.assignment(leg)?.state == .recalled)
                #expect(try await chain.assignment(leg)?.isTombstone == true)
                #expect(try await chain.count(.issued, on: leg) == 0)
                await #expect(throws: Refusal.self) { try await chain.act(.acknowledge, leg) }

                // Its issuer takes the leg off its own page; the rest completes without it.
                try await chain.act(.recall, leg, as: leader, ActionBody(note: "不再需要"))
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
            }
            #expect(try await chain.count(.recalled, on: leg) == 1)
            try await chain.expectNothingLeft()
        }
    }

    @Test("A completion without an acknowledgement implies it")
    func completionImpliesAcknowledgement() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                let leaves = try await chain.store.read { try $0.assignments(under: root) }.filter { $0.id.depth == 3 }
                for leaf in leaves { try await chain.act(.complete, leaf.id) }
                try await chain.awaitState(.completed, of: root)
                return root
            }
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    @Test("A completion that overtakes its acknowledgement stands, and the late report changes nothing")
    func completionOvertakesAcknowledgement() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                let leg = root.leg(1).leg(1).leg(1)
                let liaison = chain.street.liaison(1, 1, 1)
                // What the liaison's node will say when both have happened, the second thing first.
                try await chain.publish([
                    chain.message(
                        Mail(
                            id: Chain.newID(),
                            source: liaison,
                            target: chain.street.groupLeader(1, 1),
                            assignment: leg,
                            time: chain.clock.now,
                            body: .completed(ReportBody(state: .completed, revision: 2))
                        )
                    )
                ])
                try await chain.store.eventually("the issuer counts the leg as completed") { store in
                    try store.assignment(root.leg(1).leg(1))?.legs.completed == 1
                }
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                return root
            }
            let group = root.leg(1).leg(1)
            let lines = try await chain.store.read { try $0.history(under: group, limit: 1_000) }
                .filter { $0.assignment == group }
            #expect(lines.count { $0.event == .legCompleted } == 2)
            // The late acknowledgement and the report that repeats the completion.
            #expect(lines.count { $0.event == .ignored } == 2)
            try await chain.expectEachOnce(root)
            try await chain.expectNothingLeft()
        }
    }

    @Test("A command that overtakes its assignment waits for it")
    func commandBeforeAssignment() async throws {
        try await Chain.with { chain in
            let root = try await chain.issue()
            let leg = root.leg(2).leg(1).leg(1)
            let liaison = chain.street.liaison(2, 1, 1)
            try await chain.declareTopology()
            try await chain.publish([
                chain.message(.acknowledge, leg, as: liaison), chain.message(.complete, leg, as: liaison),
            ])
            // The liaisons' mailboxes alone: nothing comes down to them yet.
            try await chain.withNode(mailboxes: MailboxSelection(roles: ["liaison"])) {
                try await chain.store.eventually("both commands wait") { try $0.parkedCount() == 2 }
            }
            try await chain.withNode {
                try await chain.awaitState(.completed, of: leg)
            }
            #expect(try await chain.count(.acknowledged, on: leg) == 1)
            #expect(try await chain.count(.refused, on: leg) == 0)
            try await chain.act(.recall, root, ActionBody(note: "测试结束"))
            try await chain.expectNothingLeft()
        }
    }
}
