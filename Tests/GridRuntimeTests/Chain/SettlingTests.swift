//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore
import Testing

/// What an issuer and a holder settle between them.
@Suite("Legs settled over the real broker", .needsBroker, .brokerLimit)
struct SettlingTests {
    @Test("A leg given back is reassigned to another post, and the order completes with it")
    func returnedAndReassigned() async throws {
        try await Chain.with { chain in
            let root = try await chain.withNode {
                let root = try await chain.issue()
                try await chain.awaitFanOut(of: root)
                let group = root.leg(1).leg(1)
                let leg = group.leg(1)
                try await chain.act(.return, leg, ActionBody(note: "住户已搬走"))
                try await chain.store.eventually("the issuer knows") { try $0.assignment(group)?.legs.returned == 1 }

                // The leg given back keeps the group waiting, whoever else is done.
                try await chain.completeLeaves(under: root)
                try await chain.store.eventually("all other legs are in") {
                    try $0.assignment(group)?.legs.completed == 1
                }
                let holdUps = try await chain.store.read { try $0.holdingUp(under: group, limit: 10) }
                #expect(holdUps.map(\.post) == [chain.street.groupLeader(1, 1)])

                let other = chain.street.liaison(1, 1, 2)
                try await chain.act(.reassign, leg, as: chain.street.groupLeader(1, 1), ActionBody(post: other))
                let anew = group.leg(3)
                try await chain.awaitState(.issued, of: anew)
                #expect(try await chain.holder(of: anew) == other)
                #expect(try await chain.assignment(anew)?.area == chain.street.liaison(1, 1, 1).code)
                try await chain.act(.complete, anew)
                try await chain.awaitState(.completed, of: root)
                #expect(try await chain.assignment(leg)?.state == .returned)
                #expect(try await chain.assignment(group)?.legs.recalled == 1)
                return root
            }
            let completions = try await chain.store.read { try $0.history(under: root, limit: 10_000) }
                .filter { $0.event == .completed }
            #expect(completions.count == chain.street.legs)
            try await chain.expectNothingLeft()
        }
    }

    @Test("Work that is not signed off goes back for rework, and completes when it is signed off")
    func reworkedAndSignedOff() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                let root = try await chain.issue(chain.draft(signOff: ["liaison", "cell-leader"]))
                try await chain.awaitFanOut(of: root)
                let leg = root.leg(1).leg(1).leg(1)
                let leader = chain.street.groupLeader(1, 1)
                try await chain.act(.complete, leg, ActionBody(note: "已走访"))
                #expect(try await chain.assignment(leg)?.state == .submitted)
                try await chain.store.eventually("it waits for sign-off") {
                    try $0.assignment(leg.parent ?? leg)?.legs.submitted == 1
                }
                try await chain.act(.rework, leg, as: leader, ActionBody(note: "照片不清楚"))
                try await chain.awaitState(.accepted, of: leg)
                #expect(try await chain.assignment(leg)?.rework == 1)

                try await chain.completeLeaves(under: root)
                let leaves = try await chain.store.read { try $0.assignments(under: root) }.filter { $0.id.depth == 3 }
                for leaf in leaves {
                    let group = leaf.id.parent ?? leaf.id
                    try await chain.store.eventually("\(leaf.id) is handed in") { store in
                        try store.legs(of: group).contains { $0.id == leaf.id && $0.state == .submitted }
                    }
                    try await chain.act(.signOff, leaf.id, as: try await chain.holder(of: group))
                }
                // The cells roll up by themselves, and wait for the street in turn.
                for cell in (1...4).map(root.leg) {
                    try await chain.awaitState(.submitted, of: cell)
                    try await chain.store.eventually("\(cell) is handed in") { store in
                        try store.legs(of: root).contains { $0.id == cell && $0.state == .submitted }
                    }
                    try await chain.act(.signOff, cell, as: chain.street.office)
                }
                try await chain.awaitState(.completed, of: root)
                for cell in (1...4).map(root.leg) { try await chain.awaitState(.completed, of: cell) }
                try await chain.awaitState(.completed, of: leg)
                #expect(try await chain.count(.submitted, on: leg) == 2)
                #expect(try await chain.count(.reworkRequested, on: leg) == 1)
                #expect(try await chain.count(.completed, on: leg) == 1)
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("A recall of the order half way down takes everything back, timers too, and leaves what is done")
    func recallOfTheTree() async throws {
        try await Chain.with { chain in
            try await chain.withNode {
                // The cells of one community have accepted and passed it on; the others have not.
                let root = try await chain.issue(
                    chain.draft(mode: .onAcceptance, dueAt: .after(milliseconds: 86_400_000))
                )
                for cell in 1...4 { try await chain.awaitState(.issued, of: root.leg(cell)) }
                for cell in 1...2 { try await chain.act(.acknowledge, root.leg(cell)) }
                for cell in 1...2 { try await chain.awaitState(.issued, of: root.leg(cell).leg(1)) }
                try await chain.act(.acknowledge, root.leg(1).leg(1))
                let done = root.leg(1).leg(1).leg(1)
                try await chain.awaitState(.issued, of: done)
                try await chain.act(.complete, done)

                try await chain.act(.recall, root, ActionBody(note: "改期"))
                try await chain.store.eventually("every assignment is final") { store in
                    try store.assignments(under: root).allSatisfy(\.state.isFinal)
                        && store.legs(of: root.leg(1).leg(1)).allSatisfy(\.state.isFinal)
                }
                let assignments = try await chain.store.read { try $0.assignments(under: root) }
                for assignment in assignments {
                    #expect(assignment.state == (assignment.id == done ? .completed : .recalled))
                }
                #expect(try await chain.store.read { try $0.timersPending() } == 0)
                #expect(try await chain.count(.recalled, on: root.leg(3)) == 1)
            }
            try await chain.expectNothingLeft()
        }
    }

    @Test("An urge goes down to whoever holds the order up, and to nobody else")
    func urge() async throws {
        try await Chain.with { chain in
            try await chain.withTap { tap in
                try await chain.withNode {
                    let root = try await chain.issue()
                    try await chain.awaitFanOut(of: root)
                    let late = root.leg(4).leg(2).leg(2)
                    for leaf in try await chain.store.read({ try $0.assignments(under: root) })
                    where leaf.id.depth == 3 && leaf.id != late {
                        try await chain.act(.complete, leaf.id)
                    }
                    for cell in (1...3).map(root.leg) { try await chain.awaitState(.completed, of: cell) }
                    try await chain.store.eventually("one leg is left") { store in
                        try store.holdingUp(under: root, limit: 10).map(\.oldest) == [late]
                            && store.assignment(root)?.legs.completed == 3
                    }
                    try await chain.act(.urge, root, ActionBody(note: "今天要收齐"))
                    try await chain.store.eventually("the liaison is urged") { store in
                        try store.history(under: late, limit: 100).contains { $0.event == .urged }
                    }
                    try await chain.act(.complete, late)
                    try await chain.awaitState(.completed, of: root)
                    let urged = Set(tap.messages(of: .urged).map(\.routingKey))
                    let way = [
                        chain.street.cellLeader(4), chain.street.groupLeader(4, 2), chain.street.liaison(4, 2, 2),
                    ]
                    #expect(urged == Set(try way.map { try chain.prefix(of: $0) + ".urged" }))
                }
            }
            try await chain.expectNothingLeft()
        }
    }
}
