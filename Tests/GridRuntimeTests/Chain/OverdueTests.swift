//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Testing

@Suite("Deadlines over the real broker", .needsBroker, .brokerLimit)
struct OverdueTests {
    /// A deadline of an hour and forty minutes: 80 % of it are eighty minutes.
    private static let limit: Int64 = 6_000_000
    private static let minute: Int64 = 60_000

    @Test("At every level a late holder is urged at 80 % of the time and escalated when it is over, once each")
    func everyLevel() async throws {
        try await Chain.with { chain in
            let start = chain.clock.now
            let root = try await chain.withNode {
                let root = try await chain.issue(chain.draft(dueAt: .after(milliseconds: Self.limit)))
                try await chain.awaitFanOut(of: root)
                try await chain.advance(milliseconds: 79 * Self.minute)
                try await chain.advance(milliseconds: 2 * Self.minute)
                try await chain.store.eventually("everybody is urged") {
                    try $0.history(under: root, limit: 10_000).count { $0.event == .urged } >= chain.street.legs
                }
                return root
            }
            // The node is down when the time is over, and finds the timers in the file when it is back.
            try await chain.advance(milliseconds: 20 * Self.minute)
            try await chain.withNode {
                try await chain.store.eventually("everybody is escalated") { store in
                    try store.assignments(under: root).allSatisfy { $0.state == .escalated || $0.id == root }
                        && store.history(under: root, limit: 10_000).count { $0.event == .escalationOpened } >= 28
                }
                // At the top there is nobody to escalate to, so the street is urged once more.
                try await chain.store.eventually("the street is told") { store in
                    try store.history(under: root, limit: 10_000)
                        .count { $0.event == .urged && $0.assignment == root } == 2
                }
            }
            // Nobody too early: the clock stood still at 79 minutes for a moment.
            let urges = try await Self.lines(.urged, under: root, in: chain)
            #expect(urges.allSatisfy { $0.at >= start.adding(milliseconds: 80 * Self.minute) })
            let assignments = try await chain.store.read { try $0.assignments(under: root) }
            for assignment in assignments where assignment.id != root {
                #expect(try await chain.count(.urged, on: assignment.id) == 1)
                #expect(try await chain.count(.escalated, on: assignment.id) == 1)
                let superior = chain.organization.superior(of: assignment.post)
                #expect(assignment.escalatedTo == superior)
                let open = try await chain.store.read { try $0.escalations(of: superior, openOnly: true) }
                #expect(open.count { $0.assignment == assignment.id && $0.byClock } == 1)
            }
            let overdue = try await chain.store.read { try $0.counts(under: root, now: chain.clock.now).overdue }
            #expect(overdue == chain.street.legs)
            try await chain.expectNothingLeft()
        }
    }

    @Test("Whoever does not acknowledge in time is urged and escalated, and whoever does is left in peace")
    func acceptBy() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue(
                    chain.draft(
                        scope: [chain.street.cellLeader(1).code.digits],
                        acceptBy: .after(milliseconds: 10 * Self.minute)
                    )
                )
                let (prompt, late) = (root.leg(1).leg(1).leg(1), root.leg(1).leg(1).leg(2))
                try await chain.awaitState(.issued, of: prompt)
                try await chain.awaitState(.issued, of: late)
                try await chain.act(.acknowledge, prompt)
                try await chain.advance(milliseconds: 11 * Self.minute)
                try await chain.awaitState(.escalated, of: late)
                #expect(try await chain.count(.urged, on: late) == 1)
                #expect(try await chain.assignment(prompt)?.state == .accepted)
                #expect(try await chain.count(.urged, on: prompt) == 0)

                // An answer implies the acknowledgement.
                let leader = chain.street.groupLeader(1, 1)
                try await chain.store.eventually("the superior knows") {
                    try $0.escalations(of: leader, openOnly: true).contains { $0.assignment == late }
                }
                try await chain.act(.answer, late, as: leader, ActionBody(answer: .carryOn))
                try await chain.awaitState(.accepted, of: late)
                #expect(try await chain.count(.acknowledged, on: late) == 1)
            }
        }
    }

    @Test("The timers of an assignment end with it")
    func timersEndWithTheAssignment() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue(
                    chain.draft(
                        acceptBy: .after(milliseconds: 10 * Self.minute),
                        dueAt: .after(milliseconds: Self.limit)
                    )
                )
                try await chain.awaitFanOut(of: root)
                try await chain.completeLeaves(under: root)
                try await chain.awaitState(.completed, of: root)
                #expect(try await chain.store.read { try $0.timersPending() } == 0)
                try await chain.advance(milliseconds: 2 * Self.limit)
                #expect(try await Self.lines(.urged, under: root, in: chain).isEmpty)
                #expect(try await Self.lines(.escalated, under: root, in: chain).isEmpty)
            }
            try await chain.expectNothingLeft()
        }
    }

    private static func lines(
        _ event: HistoryEntry.Event,
        under id: AssignmentID,
        in chain: Chain
    ) async throws -> [HistoryLine] {
        try await chain.store.read { try $0.history(under: id, limit: 10_000) }.filter { $0.event == event }
    }
}
