//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore
import HTTPTypes
import Hummingbird
import Logging

/// Turns errors into problems, says what browsers may do with an answer, and writes one line for each request.
///
/// The line has the route and not the address, since addresses hold what people asked for.
struct AnswerMiddleware: RouterMiddleware {
    typealias Context = APIContext

    /// For what is no page: no scripts and no styles, nobody else's frames, and forms to this node only.
    private static let policy = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

    let services: APIServices

    func handle(
        _ request: Request,
        context: APIContext,
        next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var response: Response
        do {
            response = try await next(request, context)
        } catch {
            let problem = Problem.of(error)
            if problem.map({ $0.status.kind == .serverError }) ?? true {
                context.logger.error(
                    "A request failed",
                    metadata: [LogKey.error: "\(Self.safe(error))", LogKey.route: "\(route(context))"]
                )
            }
            response = answer(problem ?? .unexpected, to: request, context)
        }
        if request.method == .head { response = response.createHeadResponse() }
        secure(&response)
        let duration = ContinuousClock.now - start
        services.requests.count(
            method: request.method.rawValue,
            route: route(context),
            status: response.status.code,
            took: duration
        )
        context.logger.info(
            "Answered a request",
            metadata: [
                LogKey.method: "\(request.method)", LogKey.route: "\(route(context))",
                LogKey.status: "\(response.status.code)", LogKey.milliseconds: "\(duration / .milliseconds(1))",
            ]
        )
        return response
    }

    /// A problem as whoever asked reads it: people a page, programs JSON.
    private func answer(_ problem: Problem, to request: Request, _ context: APIContext) -> Response {
        guard PageAddress.isPage(request.uri.path) else { return problem.response() }
        return PageProblem.response(problem, to: PageVisit(services, request, context))
    }

    /// What may be logged of an error: a description may quote what somebody wrote, unless it promises not to.
    private static func safe(_ error: any Error) -> String {
        switch error {
        case let error as StoreError: "\(error)"
        case let error as Problem: error.kind
        default: "\(type(of: error))"
        }
    }

    private func route(_ context: APIContext) -> String { context.endpointPath ?? "none" }

    private func secure(_ response: inout Response) {
        response.headers[.xContentTypeOptions] = "nosniff"
        // What is the same for everybody says itself how long it holds.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if response.headers[.contentSecurityPolicy] == nil {
            response.headers[.contentSecurityPolicy] = Self.policy
        }
        if response.headers[.referrerPolicy] == nil { response.headers[.referrerPolicy] = "no-referrer" }
        if services.configuration.isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
    }
}

extension Problem {
    /// A fault of this program.
    fileprivate static let unexpected = Problem(
        .internalServerError,
        "internal",
        "Something unexpected happened",
        "it was logged; try again, and tell the operator if it happens again"
    )
}

extension HTTPField.Name {
    /// `Referrer-Policy` of the W3C.
    static let referrerPolicy = HTTPField.Name.known("Referrer-Policy")

    /// A name that is a token by its spelling.
    static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("Cannot name a field \(name)") }
        return name
    }
}
