//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import HTTPTypes
import Hummingbird

/// All routes of the API.
enum APIRouter {
    /// Builds the router.
    static func build(_ services: APIServices) -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: AnswerMiddleware(services: services))
        // Before the limits: who asks too often must not make a node look ill.
        HealthRoutes(health: services.health).add(to: router)
        router.add(
            middleware: AddressLimitMiddleware(
                limiter: services.addresses,
                crowds: services.crowds,
                cookie: services.cookie,
                isBehindProxy: services.configuration.isBehindProxy
            )
        )
        StaticAddress.add(to: router)
        let pages = PageRouter(services: services, router: router)
        InvitationPage(services: services).add(to: pages)
        SignInPages(services: services).add(to: pages)
        FieldRoutes(services: services).add(to: pages)
        ConsoleRoutes(services: services).add(to: pages)
        IssueRoutes(services: services).add(to: pages)
        EscalationConsoleRoutes(services: services).add(to: pages)
        StatisticsConsoleRoutes().add(to: pages)
        OperationsRoutes().add(to: pages)
        SessionRoutes(services: services).addOpen(to: router.group("v1"))
        let recognising = CallerMiddleware(
            store: services.store,
            desk: services.callers,
            cookie: services.cookie,
            limiter: services.callerRate,
            strangers: services.addresses
        )
        func signedIn(_ path: RouterPath) -> CallerRoutes {
            let group = router.group(path).add(middleware: recognising).group(context: CallerContext.self)
            return CallerRoutes(group: group, limit: services.configuration.requestLimit)
        }
        MetricsRoutes(page: services.metrics).add(to: signedIn(""))
        let routes = signedIn("v1")
        SessionRoutes(services: services).add(to: routes)
        OrganizationRoutes(services: services).add(to: routes)
        OrderRoutes(services: services).add(to: routes)
        PostRoutes(services: services).add(to: routes)
        AssignmentRoutes(services: services).add(to: routes)
        AttachmentRoutes(services: services).add(to: routes)
        EscalationRoutes(services: services).add(to: routes)
        StatisticsRoutes(services: services).add(to: routes)
        StandInRoutes(services: services).add(to: routes)
        return router
    }

    /// Answers other methods of the paths there are with what they allow (RFC 9110, 15.5.6).
    static func refuseOtherMethods(in router: Router<APIContext>) {
        let methods: [HTTPRequest.Method?] = [
            .get, .head, .post, .put, .patch, .delete, .options, .trace, HTTPRequest.Method("QUERY"),
        ]
        for (path, routes) in Dictionary(grouping: router.routes, by: { "\($0.path)" }) {
            let allowed = routes.map(\.method.rawValue).sorted()
            for method in methods.compactMap(\.self) where !allowed.contains(method.rawValue) {
                router.on(RouterPath(path), method: method) { _, _ -> Response in
                    var problem = Problem(
                        .methodNotAllowed,
                        "method-not-allowed",
                        "The method is not allowed",
                        "this address takes \(allowed.joined(separator: ", "))"
                    )
                    problem.headers[.allow] = allowed.joined(separator: ", ")
                    throw problem
                }
            }
        }
    }
}

/// Adds routes of callers who were recognised; each gets the time limit.
struct CallerRoutes {
    let group: RouterGroup<CallerContext>
    let limit: Duration

    /// Adds what is read, and the same without its content (RFC 9110, 9.3.2).
    func get(_ path: String, _ handler: @escaping @Sendable (Request, CallerContext) async throws -> Response) {
        on(.get, path, handler)
        on(.head, path, handler)
    }

    /// Adds a stream, which has nothing to tell without its content.
    func stream(_ path: String, _ handler: @escaping @Sendable (Request, CallerContext) async throws -> Response) {
        on(.get, path, handler)
    }

    func post(_ path: String, _ handler: @escaping @Sendable (Request, CallerContext) async throws -> Response) {
        on(.post, path, handler)
    }

    func on(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ handler: @escaping @Sendable (Request, CallerContext) async throws -> Response
    ) {
        let limit = limit
        group.on(RouterPath(path), method: method) { request, context in
            try await withTimeLimit(limit) { try await handler(request, context) }
        }
    }
}
