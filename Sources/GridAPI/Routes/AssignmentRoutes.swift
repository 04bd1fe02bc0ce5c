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
        let actor = try context.access.actor(named: query.post("as"))
        let result = try await AssignmentDesk(services: services).perform(
            verb,
            on: id,
            as: actor,
            body: try await Body.bytes(of: request, upTo: Body.largest),
            terms: request.headers,
            access: context.access
        )
        var headers = HTTPFields()
        if let found = result.assignment { headers[.eTag] = EntityTag(found.revision).text }
        return .json(result, headers: headers)
    }
}

extension CallerContext {
    /// The assignment in the path.
    func assignmentID() throws -> AssignmentID {
        try path("assignment", "assignment") { AssignmentID($0) }
    }
}
