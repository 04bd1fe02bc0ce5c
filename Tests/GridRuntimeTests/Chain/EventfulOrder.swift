//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridRuntime
import GridStore

/// An order in whose life everything happens that can happen to one, every step commanded over the wire.
struct EventfulOrder {
    let chain: Chain

    private var street: Street { chain.street }

    /// Runs it to its end; the node has to run.
    func run() async throws {
        let root = try await issue()
        try await chain.awaitFanOut(of: root)
        try await settle(root.leg(1))
        try await escalate(root.leg(2))
        try await finish(root)
        try await recall()
    }

    /// An order that asks for sign-off, is summed up by its holders, and has deadlines.
    private func issue() async throws -> AssignmentID {
        var draft = chain.draft(
            signOff: ["cell-leader"],
            rollUp: .byHolder,
            acceptBy: .after(milliseconds: 3_600_000),
            dueAt: .after(milliseconds: 86_400_000)
        )
        let known = try await chain.store.read { try $0.orders(limit: 10, now: chain.clock.now) }.map(\.order.id)
        let command = Command(id: Chain.newID(), actor: street.office, body: .issue(draft))
        try await chain.publish([chain.message(command)])
        // A copy is absorbed, and a scope that does not exist is refused.
        try await chain.publish([chain.message(command)])
        draft.scope = ["1"]
        let nowhere = Command(id: Chain.newID(), actor: street.office, body: .issue(draft))
        try await chain.publish([chain.message(nowhere)])
        try await chain.store.eventually("the order is there") { store in
            try store.orders(limit: 10, now: chain.clock.now).count == known.count + 1
        }
        let orders = try await chain.store.read { try $0.orders(limit: 10, now: chain.clock.now) }
        guard let order = orders.map(\.order.id).first(where: { !known.contains($0) }) else {
            throw Program.Failed(description: "the order is gone")
        }
        return AssignmentID(rootOf: order)
    }

    /// Acknowledged, reported on, given back, reassigned, urged.
    private func settle(_ cell: AssignmentID) async throws {
        let group = cell.leg(1)
        try await act(.acknowledge, group.leg(1))
        try await reach(.accepted, group.leg(1))
        try await act(.progress, group.leg(1), ActionBody(note: "已走访 12 户"))
        try await act(.return, group.leg(1), ActionBody(note: "住户已搬走"))
        try await chain.store.eventually("the leg is back") { try $0.assignment(group)?.legs.returned == 1 }
        try await act(.reassign, group.leg(1), as: street.groupLeader(1, 1), ActionBody(post: street.liaison(1, 1, 2)))
        try await reach(.issued, group.leg(3))
        try await act(.urge, cell, as: street.office, ActionBody(note: "今天要收齐"))
    }

    /// Escalated and answered in every way: carried on, passed up and taken over, withdrawn by a recall.
    private func escalate(_ cell: AssignmentID) async throws {
        let (first, second) = (cell.leg(1), cell.leg(2))
        let legs = [first.leg(1), first.leg(2), second.leg(1)]
        for leg in legs { try await act(.escalate, leg, ActionBody(note: "楼道堆物无人认领")) }
        for leg in legs {
            try await chain.store.eventually("\(leg) is escalated") { store in
                try store.escalations(of: nil, openOnly: true).contains { $0.assignment == leg }
            }
        }
        let (leader, other) = (street.groupLeader(2, 1), street.groupLeader(2, 2))
        let later = chain.clock.now.adding(milliseconds: 7_200_000)
        try await act(.answer, legs[0], as: leader, ActionBody(note: "已协调", answer: .carryOn, dueAt: later))
        try await reach(.accepted, legs[0])
        try await act(.answer, legs[1], as: leader, ActionBody(note: "需上级协调", answer: .passUp))
        try await chain.store.eventually("it is passed up") { store in
            try !store.escalations(of: street.cellLeader(2), openOnly: true).isEmpty
        }
        try await act(.answer, legs[1], as: street.cellLeader(2), ActionBody(answer: .takeOver))
        try await reach(.recalled, legs[1])
        // One that waits for a post above the issuer has to be withdrawn there.
        try await act(.answer, legs[2], as: other, ActionBody(note: "需上级协调", answer: .passUp))
        try await chain.store.eventually("it is passed up") { store in
            try store.assignment(legs[2])?.escalatedTo == street.cellLeader(2)
        }
        try await act(.recall, legs[2], as: other, ActionBody(note: "不再需要"))
        try await reach(.recalled, legs[2])
    }

    /// Completed from below, summed up by everybody, one cell reworked, and signed off.
    private func finish(_ root: AssignmentID) async throws {
        try await chain.completeLeaves(under: root)
        let all = try await chain.store.read { try $0.assignments(under: root) }
        for depth in [2, 1] {
            for assignment in all where assignment.id.depth == depth {
                try await chain.store.eventually("\(assignment.id) is offered") { store in
                    try store.history(under: assignment.id, limit: 1_000)
                        .contains { $0.event == .offered && $0.assignment == assignment.id }
                }
                try await act(.complete, assignment.id, ActionBody(note: "已汇总"))
            }
        }
        for cell in (1...4).map(root.leg) { try await handedIn(cell, of: root) }
        try await act(.rework, root.leg(4), as: street.office, ActionBody(note: "补充照片"))
        try await reach(.accepted, root.leg(4))
        try await act(.complete, root.leg(4), ActionBody(note: "已补充"))
        try await handedIn(root.leg(4), of: root)
        for cell in (1...4).map(root.leg) { try await act(.signOff, cell, as: street.office) }
        try await chain.store.eventually("the street is asked to sum up") { store in
            try store.history(under: root, limit: 10_000).contains { $0.event == .offered && $0.assignment == root }
        }
        try await act(.complete, root)
        try await reach(.completed, root)
    }

    /// Another order, taken back as a whole.
    private func recall() async throws {
        let root = try await issue()
        try await chain.awaitFanOut(of: root)
        try await act(.recall, root, ActionBody(note: "改期"))
        try await reach(.recalled, root.leg(3).leg(1).leg(1))
    }

    private func handedIn(_ leg: AssignmentID, of parent: AssignmentID) async throws {
        try await chain.store.eventually("\(leg) is handed in") { store in
            try store.legs(of: parent).contains { $0.id == leg && $0.state == .submitted }
        }
    }

    /// Waits until an assignment is in a state.
    private func reach(_ state: AssignmentState, _ id: AssignmentID) async throws {
        try await chain.awaitState(state, of: id)
    }

    /// Sends a command over the wire, by default as the assignment's holder.
    private func act(
        _ verb: CommandVerb,
        _ id: AssignmentID,
        as actor: PostAddress? = nil,
        _ body: ActionBody = ActionBody()
    ) async throws {
        let post = if let actor { actor } else { try await chain.holder(of: id) }
        try await chain.publish([chain.message(verb, id, as: post, body)])
    }
}
