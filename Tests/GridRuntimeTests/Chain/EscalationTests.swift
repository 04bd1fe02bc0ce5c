//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Escalations over the real broker", .needsBroker, .brokerLimit)
struct EscalationTests {
    @Test("An escalation passed up two rungs and answered lets the holder carry on with more time")
    func passedUpAndCarriedOn() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue(chain.draft(dueAt: .after(milliseconds: 3_600_000)))
                try await chain.awaitFanOut(of: root)
                let leg = root.leg(3).leg(1).leg(1)
                try await Self.escalate(leg, cell: 3, rungs: 2, in: chain)

                let community = chain.street.community(2)
                let later = chain.clock.now.adding(milliseconds: 7_200_000)
                try await chain.act(
                    .answer,
                    leg,
                    as: community,
                    ActionBody(note: "已联系物业", answer: .carryOn, dueAt: later)
                )
                try await chain.awaitState(.accepted, of: leg)
                #expect(try await chain.assignment(leg)?.dueAt == later)
                #expect(try await chain.assignment(leg)?.escalatedTo == nil)
                await #expect(throws: Refusal.self) {
                    try await chain.act(.answer, leg, as: community, ActionBody(answer: .carryOn))
                }
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                #expect(try await chain.count(.escalated, on: leg) == 1)
                #expect(try await chain.count(.passedUp, on: leg) == 2)
                #expect(try await chain.count(.escalationAnswered, on: leg) == 1)
                return root
            }
            try await chain.expectEachOnce(root)
            let escalations = try await chain.store.read { try $0.escalations(of: nil, openOnly: false) }
            #expect(escalations.map(\.state) == [.answered, .passedUp, .passedUp])
            try await chain.expectNothingLeft()
        }
    }

    @Test("A superior two rungs up takes the work over; the leg is recalled and the others complete the order")
    func passedUpAndTakenOver() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                let leg = root.leg(1).leg(2).leg(1)
                try await Self.escalate(leg, cell: 1, group: 2, rungs: 2, in: chain)
                try await chain.act(
                    .answer,
                    leg,
                    as: chain.street.community(1),
                    ActionBody(note: "居委会处理", answer: .takeOver)
                )
                try await chain.awaitState(.recalled, of: leg)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                #expect(try await chain.assignment(root.leg(1).leg(2))?.legs.recalled == 1)
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("A recall withdraws the escalation from whoever it waits for")
    func recalledWhileEscalated() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                let leg = root.leg(1).leg(1).leg(1)
                try await Self.escalate(leg, cell: 1, rungs: 1, in: chain)
                try await chain.act(.recall, root, ActionBody(note: "改期"))
                try await chain.awaitState(.recalled, of: leg)
                try await chain.store.eventually("no escalation is open") {
                    try $0.escalations(of: nil, openOnly: true).isEmpty
                }
                let newest = try await chain.store.read {
                    try $0.escalations(of: chain.street.cellLeader(1), openOnly: false)
                }
                #expect(newest.map(\.state) == [.withdrawn])
            }
            try await chain.expectNothingLeft()
        }
    }

    /// Escalates a liaison's leg and passes it up: one rung to the cell leader, two to the community.
    private static func escalate(
        _ leg: AssignmentID,
        cell: Int,
        group: Int = 1,
        rungs: Int,
        in chain: Chain
    ) async throws {
        try await chain.act(.acknowledge, leg)
        try await chain.act(.escalate, leg, ActionBody(note: "楼道堆物无人认领"))
        let superiors = [chain.street.groupLeader(cell, group), chain.street.cellLeader(cell)]
        for superior in superiors.prefix(rungs) {
            try await chain.store.eventually("\(superior) has the escalation") {
                try $0.escalations(of: superior, openOnly: true).count == 1
            }
            try await chain.act(.answer, leg, as: superior, ActionBody(note: "需上级协调", answer: .passUp))
        }
        let next = rungs == 1 ? superiors[1] : chain.street.community((cell + 1) / 2)
        try await chain.store.eventually("\(next) has the escalation") { store in
            try store.escalations(of: next, openOnly: true).count == 1
                && store.assignment(leg)?.escalatedTo == next
        }
    }
}
