//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore

extension Chain {
    /// An order to the whole street, down to the liaisons.
    func draft(
        scope: [String] = [Street.code],
        to role: String = "liaison",
        mode: CascadeMode = .automatic,
        signOff: [String] = [],
        rollUp: RollUp = .automatic,
        acceptBy: Deadline? = nil,
        dueAt: Deadline? = nil
    ) -> OrderDraft {
        OrderDraft(
            title: "冬季消防和用电用气安全入户检查",
            body: "入冬在即，请以联络点为单位逐户上门。",
            module: .publicSafety,
            scope: scope,
            cascade: Cascade(to: role, mode: mode),
            signOff: signOff,
            rollUp: rollUp,
            acceptBy: acceptBy,
            dueAt: dueAt
        )
    }

    /// Issues an order as a person at the street's office does, or at another.
    ///
    /// - Returns: Its root assignment.
    @discardableResult
    func issue(_ draft: OrderDraft? = nil, by office: PostAddress? = nil) async throws -> AssignmentID {
        let command = Command(id: Self.newID(), actor: office ?? street.office, body: .issue(draft ?? self.draft()))
        guard let root = try await desk.perform(command)?.assignment else {
            throw Program.Failed(description: "the order was not issued")
        }
        return root.id
    }

    /// Does what a person at this machine would, by default as the assignment's holder.
    func act(
        _ verb: CommandVerb,
        _ id: AssignmentID,
        as actor: PostAddress? = nil,
        _ body: ActionBody = ActionBody()
    ) async throws {
        let post = if let actor { actor } else { try await holder(of: id) }
        _ = try await desk.perform(Command(id: Self.newID(), actor: post, body: .act(verb, id, body)))
    }

    /// The post that holds an assignment.
    func holder(of id: AssignmentID) async throws -> PostAddress {
        guard let assignment = try await assignment(id) else {
            throw Program.Failed(description: "there is no assignment \(id)")
        }
        return assignment.post
    }

    /// An assignment as its holder has it.
    func assignment(_ id: AssignmentID) async throws -> Assignment? {
        try await store.read { try $0.assignment(id) }
    }

    /// Waits until an assignment is in a state.
    func awaitState(_ state: AssignmentState, of id: AssignmentID) async throws {
        try await store.eventually("\(id) is \(state)") { try $0.assignment(id)?.state == state }
    }

    /// Waits until every assignment of an order has reached its holder.
    func awaitFanOut(of root: AssignmentID) async throws {
        let legs = street.legs
        try await store.eventually("all \(legs) assignments of \(root) have arrived") {
            try $0.assignments(under: root).count == legs
        }
    }

    /// Waits until so many assignments of an order are completed on this node.
    func awaitCompletions(_ count: Int, of root: AssignmentID) async throws {
        try await store.eventually("\(count) assignments are completed here") { store in
            try store.counts(under: root, now: clock.now).states.completed >= count
        }
    }

    /// Acknowledges and completes every assignment below `id` that is the lowest of its branch and still open.
    func completeLeaves(under id: AssignmentID) async throws {
        let open = try await store.read { try $0.assignments(under: id) }
            .filter { $0.post.role == "liaison" && ($0.state == .issued || $0.state == .accepted) }
        for assignment in open {
            if assignment.state == .issued { try await act(.acknowledge, assignment.id) }
            try await act(.complete, assignment.id, ActionBody(note: "已办结"))
        }
    }

    /// The desk of a person at this machine.
    var desk: LocalDesk { LocalDesk(store: store, clock: clock.wall, logger: logger) }

    /// A new identifier for a command.
    static func newID() -> MessageID { id("test:\(UUID().uuidString)") }

    /// An identifier that a test chose.
    static func id(_ text: String) -> MessageID {
        guard let id = MessageID(text) else { preconditionFailure("Cannot name a message \(text)") }
        return id
    }
}
