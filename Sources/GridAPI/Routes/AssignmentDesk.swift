//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import HTTPTypes

/// Carries out what people ask of assignments, whether a program or a page asks for them.
struct AssignmentDesk {
    let services: APIServices

    /// Carries out a command on an assignment.
    ///
    /// - Parameters:
    ///   - body: The command's body as JSON; none when it is empty.
    ///   - terms: Fields of a request's header: `Idempotency-Key` and `If-Match` count.
    /// - Throws: `Problem`, `BadMessage`, or what `LocalDesk` throws.
    func perform(
        _ verb: CommandVerb,
        on id: AssignmentID,
        as actor: PostAddress,
        body bytes: [UInt8],
        terms: HTTPFields,
        access: Access
    ) async throws -> CommandResultView {
        try await services.store.read { try access.checkReach(id, as: actor, in: $0) }
        let body = try JSONBody.decode(
            ActionBody.self,
            members: verb.members,
            from: bytes.isEmpty ? Array("{}".utf8) : bytes
        )
        let given = try GivenCommand(terms, access, actor: actor, asking: "\(verb.rawValue) \(id)", body: bytes)
        let outcome = try await services.desk.perform(
            Command(id: given.id, actor: actor, body: .act(verb, id, body)),
            on: given.terms
        )
        let now = services.clock.now
        let found = try await services.store.read { store -> AssignmentView? in
            guard let assignment = try store.assignment(id), access.sees(assignment) else { return nil }
            return AssignmentView(assignment, title: try store.order(id.order)?.title, now: now)
        }
        let isRepeated = if case .repeated = outcome { true } else { false }
        return CommandResultView(assignment: found, repeated: isRepeated)
    }
}

extension CommandVerb {
    /// The verb as a part of a path.
    var pathWord: String { self == .signOff ? "sign-off" : rawValue }
}

extension Access {
    /// An assignment that the person sees.
    func assignment(_ id: AssignmentID, in store: StoreReader) throws -> Assignment {
        guard let assignment = try store.assignment(id), sees(assignment) else {
            throw Problem.notFound("there is no such assignment among those of your posts")
        }
        return assignment
    }

    /// Checks that a command on an assignment may be tried at all; whether it is allowed then, the rules say.
    ///
    /// Where another node holds the assignment, this file knows it as a leg of its issuer, or as an escalation.
    func checkReach(_ id: AssignmentID, as actor: PostAddress, in store: StoreReader) throws {
        if let assignment = try store.assignment(id), sees(assignment) { return }
        if let parent = id.parent, let issuer = try store.assignment(parent)?.post, holds(issuer) { return }
        if try store.hasEscalation(of: id, to: actor) { return }
        throw Problem.notFound("there is no such assignment among those of your posts")
    }
}
