//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import Hummingbird

/// A post: its inbox, and what happens on its page.
struct PostRoutes {
    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("posts/:post/inbox", inbox)
        routes.stream("posts/:post/events", events)
    }

    private struct View: Encodable {
        let post: PostAddress
        let assignments: [AssignmentView]
    }

    private func inbox(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["final", "limit"])
        let post = try context.visiblePost()
        let limit = try query.number("limit", in: 1...1_000, default: 200)
        let includesFinal = try query.flag("final")
        let now = services.clock.now
        let items = try await services.store.read {
            try $0.inbox(of: post, includeFinal: includesFinal, limit: limit)
        }
        return .json(
            View(post: post, assignments: items.map { AssignmentView($0.assignment, title: $0.title, now: now) })
        )
    }

    private func events(_ request: Request, _ context: CallerContext) async throws -> Response {
        let post = try context.visiblePost()
        let stream = EventStream(services: services, credential: context.caller.credential) { access, store, n in
            // The organization may have changed since the stream began.
            guard access.sees(post) else { return nil }
            return try store.events(of: post, after: n, lookingAt: EventStream.stride)
        }
        return try await stream.response(to: request, person: context.access.person.n)
    }
}
