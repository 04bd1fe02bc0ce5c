//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore
import HTTPTypes
import Hummingbird

/// Adds pages to the router: each with the time limit, in its language, and known whose it is.
struct PageRouter {
    let services: APIServices
    let router: Router<APIContext>

    /// Adds a page that asks for nobody.
    func open(
        _ method: HTTPRequest.Method,
        _ path: String,
        within limit: Duration? = nil,
        _ handler: @escaping @Sendable (PageVisit) async throws -> Response
    ) {
        let limit = limit ?? services.configuration.requestLimit
        for method in method == .get ? [method, .head] : [method] {
            router.on(RouterPath(path), method: method) { [services] request, context in
                try await withTimeLimit(limit) {
                    if method != .post {
                        let isSecure = services.configuration.isSecure
                        if let answer = LanguageChoice.response(to: request, isSecure: isSecure) { return answer }
                    }
                    return try await handler(PageVisit(services, request, context))
                }
            }
        }
    }

    /// Adds a page of somebody who is signed in; others are sent to sign in.
    func get(_ path: String, _ handler: @escaping @Sendable (PageVisit, Caller) async throws -> Response) {
        open(.get, path) { try await Self.recognise($0, handler) }
    }

    /// Adds what changes something.
    func post(
        _ path: String,
        within limit: Duration? = nil,
        _ handler: @escaping @Sendable (PageVisit, Caller) async throws -> Response
    ) {
        open(.post, path, within: limit) { try await Self.recognise($0, handler) }
    }

    /// A browser shows a cookie; tokens are for programs, which have the API.
    private static func recognise(
        _ visit: PageVisit,
        _ handler: (PageVisit, Caller) async throws -> Response
    ) async throws -> Response {
        let services = visit.services
        guard let secret = services.cookie.secret(in: visit.request) else {
            return .seeOther(SignInReturn.signIn(before: visit.request))
        }
        guard
            let (caller, line, end) = try await services.store.read({ store in
                try services.callers.caller(.session(secret), in: store).map { caller in
                    (caller, try store.newestHistoryLine(), try services.signIn.prolonged(secret, in: store))
                }
            })
        else {
            if let wait = services.addresses.admit(visit.context.address) {
                throw Problem.tooMany("this address asks too often; slow down", wait: wait)
            }
            return .seeOther(SignInReturn.signIn(before: visit.request))
        }
        if let wait = services.callerRate.admit("\(caller.access.person.n)") {
            throw Problem.tooMany("you ask too often; slow down", wait: wait)
        }
        var visit = visit
        visit.caller = caller
        visit.newestLine = line
        var response = try await handler(visit, caller)
        // Who signs out, or in anew, has been told so.
        if let end, response.headers[.setCookie] == nil,
            let lifetime = try await services.signIn.prolong(secret, until: end)
        {
            response.headers[.setCookie] = services.cookie.setting(secret, for: lifetime)
        }
        return response
    }
}
