//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore
import HTTPTypes
import Hummingbird
import Logging

/// Recognises who makes a request, by bearer token or by session, and limits how often one caller may ask.
struct CallerMiddleware: RouterMiddleware {
    typealias Context = APIContext

    let store: StateFile
    let desk: CallerDesk
    let cookie: SessionCookie
    let limiter: RateLimiter
    /// Counts what does not hold against its address.
    let strangers: RateLimiter

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard let credential = credential(of: request) else { throw Problem.signInFirst }
        guard let caller = try await store.read({ try desk.caller(credential, in: $0) }) else {
            if let wait = strangers.admit(context.address) {
                throw Problem.tooMany("this address asks too often; slow down", wait: wait)
            }
            throw Problem.signInFirst
        }
        if let wait = limiter.admit("\(caller.access.person.n)") {
            throw Problem.tooMany("you ask too often; slow down", wait: wait)
        }
        try checkOrigin(of: request, by: caller)
        var context = context
        context.caller = caller
        context.logger[metadataKey: LogKey.person] = "\(caller.access.person.n)"
        return try await next(request, context)
    }

    /// A token wins over a cookie, which a browser sends along unasked.
    private func credential(of request: Request) -> Caller.Credential? {
        if let value = request.headers[.authorization] {
            return BearerToken.secret(inAuthorization: value).map { .token($0) }
        }
        return cookie.secret(in: request).map { .session($0) }
    }

    /// A cookie proves that a browser is hers, not that she meant the request: what changes something has to bring the
    /// token that only a page of ours can have read.
    private func checkOrigin(of request: Request, by caller: Caller) throws {
        guard case .session(let secret) = caller.credential, request.method != .get, request.method != .head else {
            return
        }
        guard let token = request.headers[.csrfToken], secret.isWord(token, for: Caller.crossSite) else {
            throw Problem(
                .forbidden,
                "csrf",
                "The request does not come from this page",
                "send the csrfToken of GET /v1/session as X-CSRF-Token"
            )
        }
    }
}

extension HTTPField.Name {
    /// The header that a page of ours sends with what changes something.
    static let csrfToken = HTTPField.Name.known("X-CSRF-Token")
}
