//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird

/// Assignments: one of them, its legs, its history, and every command on it.
struct AssignmentRoutes {
    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("assignments/:assignment", show)
        routes.get("assignments/:assignment/legs", legs)
        routes.get("assignments/:assignment/history", history)
        for verb in CommandVerb.allCases where verb != .issue {
            routes.post("assignments/:assignment/\(verb.pathWord)") { request, context in
                try await perform(verb, on: try context.assignmentID(), request, context)
            }
        }
    }

    private func show(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let id = try context.assignmentID()
        let (access, now) = (context.access, services.clock.now)
        let (assignment, order) = try await services.store.read { store in
            (try access.assignment(id, in: store), try store.order(id.order))
        }
        return .json(
            AssignmentDetailView(
                assignment: AssignmentView(assignment, title: order?.title, now: now),
                order: order
            ),
            headers: [.eTag: EntityTag(assignment.revision).text]
        )
    }

    private func legs(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let id = try context.assignmentID()
        let access = context.access
        let legs = try await services.store.read { store in
            _ = try access.assignment(id, in: store)
            return try store.legs(of: id)
        }
        return .json(LegListView(legs: legs.map { LegView($0, in: access.organization) }))
    }

    private func history(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["after", "limit"])
        let id = try context.assignmentID()
        let limit = try query.number("limit", in: 1...1_000, default: 200)
        let after =
            try query.value("after", "the number that `next` told") { text in
                Int64(text).flatMap { $0 >= 0 ? $0 : nil }
            } ?? 0
        let access = context.access
        let lines = try await services.store.read { store in
            _ = try access.assignment(id, in: store)
            return try store.history(of: id, limit: limit + 1, after: after)
        }
        let page = lines.prefix(limit)
        return .json(
            HistoryView(
                lines: page.map(HistoryLineView.init),
                next: page.count < lines.count ? page.last?.n : nil
            )
        )
    }

    /// Carries out a command on an assignment.
    func perform(
        _ verb: CommandVerb,
        on id: AssignmentID,
        _ request: Request,
        _ context: CallerContext
    ) async throws -> Response {
        let query = try Query(request, allowing: ["as"])
        let access = context.access
        let actor = try access.actor(named: query.post("as"))
        try await services.store.read { try access.checkReach(id, as: actor, in: $0) }
        let bytes = try await Body.bytes(of: request, upTo: Body.largest)
        let body = try JSONBody.decode(
            ActionBody.self,
            members: verb.members,
            from: bytes.isEmpty ? Array("{}".utf8) : bytes
        )
        let given = try GivenCommand(request, access, actor: actor, asking: "\(verb.rawValue) \(id)", body: bytes)
        let outcome = try await services.desk.perform(
            Command(id: given.id, actor: actor, body: .act(verb, id, body)),
            on: given.terms
        )
        let now = services.clock.now
        let found = try await services.store.read { store -> AssignmentView? in
            guard let assignment = try store.assignment(id), access.sees(assignment) else { return nil }
            return AssignmentView(assignment, title: try store.order(id.order)?.title, now: now)
        }
        var headers = HTTPFields()
        if let found { headers[.eTag] = EntityTag(found.revision).text }
        let isRepeated = if case .repeated = outcome { true } else { false }
        return .json(CommandResultView(assignment: found, repeated: isRepeated), headers: headers)
    }
}

extension CommandVerb {
    /// The verb as a part of a path.
    var pathWord: String { self == .signOff ? "sign-off" : rawValue }
}

extension CallerContext {
    fileprivate func assignmentID() throws -> AssignmentID {
        try path("assignment", "assignment") { AssignmentID($0) }
    }
}

extension Access {
    /// An assignment that the person sees.
    fileprivate func assignment(_ id: AssignmentID, in store: StoreReader) throws -> Assignment {
        guard let assignment = try store.assignment(id), sees(assignment) else {
            throw Problem.notFound("there is no such assignment among those of your posts")
        }
        return assignment
    }

    /// Checks that a command on an assignment may be tried at all; whether it is allowed then, the rules say.
    ///
    /// Where another node holds the assignment, this file knows it as a leg of its issuer, or as an escalation.
    fileprivate func checkReach(_ id: AssignmentID, as actor: PostAddress, in store: StoreReader) throws {
        if let assignment = try store.assignment(id), sees(assignment) { return }
        if let parent = id.parent, let issuer = try store.assignment(parent)?.post, holds(issuer) { return }
        if try store.hasEscalation(of: id, to: actor) { return }
        throw Problem.notFound("there is no such assignment among those of your posts")
    }
}
