//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Hummingbird

/// The escalations that a post has to answer.
struct EscalationRoutes {
    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("escalations", list)
    }

    private func list(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["limit", "post", "settled"])
        let limit = try query.number("limit", in: 1...1_000, default: 200)
        let includesSettled = try query.flag("settled")
        let post = try query.post("post")
        if let post, !context.access.sees(post) || context.access.organization.unit(of: post) == nil {
            throw Problem.notFound("there is no such post among yours and those below them")
        }
        let superiors = post.map { [$0] } ?? context.access.held
        let found = try await services.store.read { store in
            try superiors.flatMap { try store.escalations(of: $0, openOnly: !includesSettled, limit: limit) }
        }
        let newest = found.sorted { $0.openedAt > $1.openedAt }.prefix(limit)
        return .json(EscalationListView(escalations: newest.map(EscalationView.init)))
    }
}
