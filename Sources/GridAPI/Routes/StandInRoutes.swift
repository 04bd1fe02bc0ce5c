//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird

/// Stand-ins (A/B 角): who acts for whose post, and for how long.
struct StandInRoutes {
    /// How many stand-ins whose period is not over are looked at.
    static let most = 10_000

    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("stand-ins", list)
        routes.post("stand-ins", grant)
        routes.on(.delete, "stand-ins/:number", end)
    }

    private struct ListView: Encodable {
        let standIns: [StandInView]
    }

    private func list(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let (access, now) = (context.access, services.clock.now)
        let found = try await services.store.read { try $0.standIns(at: now, limit: Self.most) }
        let shown = found.filter { $0.person == access.person.name || access.sees($0.post) }
        return .json(ListView(standIns: shown.map(StandInView.init)))
    }

    private struct Grant: Decodable {
        let post: PostAddress
        let person: String
        let from: Instant?
        let until: Instant
    }

    private func grant(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let bytes = try await Body.bytes(of: request, upTo: Body.largest)
        let given = try JSONBody.decode(
            Grant.self,
            members: ["post", "person", "from", "until"],
            from: bytes.isEmpty ? Array("{}".utf8) : bytes
        )
        let (access, now) = (context.access, services.clock.now)
        guard access.sees(given.post), access.organization.unit(of: given.post) != nil else {
            throw Problem.notFound("there is no such post among yours and those below them")
        }
        guard access.maySubstitute(given.post) else {
            throw Problem(
                .forbidden,
                "not-yours-to-grant",
                "Not yours to grant",
                "whoever holds the post names a stand-in, or a superior of hers; a stand-in does not pass it on"
            )
        }
        let terms = try GivenCommand(request.headers, access, actor: given.post, asking: "stand-in", body: bytes).terms
        let beginsAt = max(given.from ?? now, now)
        let granted = try await services.store.write { store in
            if let key = terms.key, try key.record(in: store) != nil {
                return try store.person(named: given.person).flatMap {
                    try store.standIn($0.n, for: given.post, grantedBy: access.person.n, under: key.text)
                }
            }
            if let problem = StandIn.problem(from: beginsAt, to: given.until, now: now) {
                throw Self.unsuitable(problem)
            }
            guard let person = try store.person(named: given.person), !person.isDisabled else {
                throw Self.unsuitable("there is nobody of this name who may sign in")
            }
            guard !person.posts.contains(given.post) else {
                throw Self.unsuitable("this person holds the post herself")
            }
            let n = try store.addStandIn(
                for: given.post,
                person: person.n,
                from: beginsAt,
                to: given.until,
                grantedBy: access.person.n,
                at: now
            )
            try terms.key?.save(nil, nil, in: store, at: now)
            return try store.standIn(n)
        }
        guard let granted else { preconditionFailure("Cannot read what was just written") }
        return .json(StandInView(granted), status: .created)
    }

    private func end(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let n = try context.path("number", "stand-in") { Int64($0) }
        let (access, now) = (context.access, services.clock.now)
        let isEnded = try await services.store.write { store in
            guard let standIn = try store.standIn(n),
                standIn.person == access.person.name || access.maySubstitute(standIn.post)
            else { return false }
            return try store.endStandIn(n, at: now)
        }
        guard isEnded else {
            throw Problem.notFound("there is no such stand-in among those that you may end")
        }
        return Response(status: .noContent)
    }

    private static func unsuitable(_ detail: String) -> Problem {
        Problem(.unprocessableContent, "no-stand-in", "This cannot be granted", detail)
    }
}
