//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird
import Logging

/// Signing in and out.
struct SessionRoutes {
    let services: APIServices

    /// The routes that ask for no caller.
    func addOpen(to group: RouterGroup<APIContext>) {
        let limit = services.configuration.requestLimit
        group.post("session") { request, context in
            try await withTimeLimit(limit) { try await begin(request, context) }
        }
        group.post("session/invitation") { request, context in
            try await withTimeLimit(limit) { try await accept(request, context) }
        }
    }

    func add(to routes: CallerRoutes) {
        routes.get("session") { request, context in
            _ = try Query(request, allowing: [])
            return .json(SessionView(context.caller))
        }
        routes.on(.delete, "session", end)
    }

    private struct Credentials: Decodable {
        let name: String
        let password: String
    }

    private func begin(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let given = try await Body.decode(Credentials.self, members: ["name", "password"], from: request)
        let secret = try await signIn(name: given.name, password: given.password, context)
        return try await welcome(secret, for: SignInDesk.sessionLifetime, context)
    }

    /// Begins a session by a name and its password.
    ///
    /// - Throws: `Problem` when they do not fit, or when the name or the address was tried too often.
    func signIn(name: String, password: String, _ context: APIContext) async throws -> Secret {
        try admit(context)
        guard name.utf8.count <= 256, password.utf8.count <= PasswordRule.longest else { throw Self.refused }
        switch try await services.signIn.signIn(name: name, password: password) {
        case .locked(let until):
            let wait = until.milliseconds - services.clock.now.milliseconds
            throw Problem.tooMany("too many attempts with this name; wait", wait: .milliseconds(max(0, wait)))
        case .refused:
            throw Self.refused
        case .signedIn(let secret): return secret
        }
    }

    private struct Accepted: Decodable {
        let invitation: String
    }

    private func accept(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let given = try await Body.decode(Accepted.self, members: ["invitation"], from: request)
        guard let secret = try await signIn(by: Secret(given.invitation), context) else {
            throw Problem(
                .unauthorized,
                "sign-in-refused",
                "The invitation does not hold",
                "it was used, or is over, or a newer one voided it; ask for a new one"
            )
        }
        return try await welcome(secret, for: SignInDesk.invitedLifetime, context)
    }

    /// Begins a session by an invitation; nil when that does not hold.
    func signIn(by invitation: Secret?, _ context: APIContext) async throws -> Secret? {
        try admit(context)
        guard let invitation else { return nil }
        return try await services.signIn.signIn(by: invitation)
    }

    private func admit(_ context: APIContext) throws {
        if let wait = services.signInRate.admit(context.address) {
            throw Problem.tooMany("too many attempts to sign in from this address", wait: wait)
        }
    }

    /// Answers with a session that has just begun.
    private func welcome(_ secret: Secret, for lifetime: Int64, _ context: APIContext) async throws -> Response {
        let caller = try await services.store.read { try services.callers.caller(.session(secret), in: $0) }
        guard let caller else { throw Self.refused }
        context.logger.info(
            "Somebody signed in",
            metadata: [LogKey.person: "\(caller.access.person.n)"]
        )
        var response = Response.json(SessionView(caller))
        response.headers[.setCookie] = services.cookie.setting(secret, for: lifetime)
        return response
    }

    private func end(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        guard case .session(let secret) = context.caller.credential else {
            throw Problem.badRequest("a bearer token has no session to end; revoke it with gridwork token revoke")
        }
        try await services.store.write { try $0.endSession(secret.hash) }
        return Response(status: .noContent, headers: [.setCookie: services.cookie.clearing])
    }

    /// One answer for a wrong name, a wrong password and a disabled person.
    private static let refused = Problem(
        .unauthorized,
        "sign-in-refused",
        "Name and password do not fit",
        "check both; whoever runs this node can set a new password"
    )
}

/// Who is signed in.
private struct SessionView: Encodable {
    struct Post: Encodable {
        let post: PostAddress
        let name: String
        let roleTitle: String
        let holder: String
        /// Whether she only stands in for whoever holds it.
        let standIn: Bool
    }

    let name: String
    let posts: [Post]
    let csrfToken: String?

    init(_ caller: Caller) {
        let access = caller.access
        name = access.person.name
        posts = access.held.compactMap { post in
            guard let unit = access.organization.unit(of: post) else { return nil }
            return Post(
                post: post,
                name: unit.name,
                roleTitle: access.organization.level(of: unit).roleTitle,
                holder: unit.holder,
                standIn: access.standsIn(for: post)
            )
        }
        csrfToken = caller.csrfToken
    }
}
