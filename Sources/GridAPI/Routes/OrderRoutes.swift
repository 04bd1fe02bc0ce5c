//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird

/// Work orders: what would come of one, issuing, lists, one of them, its tree, recalling.
struct OrderRoutes {
    /// How many of those who would get an order are named at most.
    static let longestPlan = 5_000
    /// How many posts that hold an order up are named.
    static let namedPosts = 20

    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("orders", list)
        routes.post("orders", issue)
        routes.post("orders/dry-run", plan)
        routes.get("orders/:order", show)
        routes.get("orders/:order/assignments", assignments)
        routes.stream("orders/:order/events", events)
        routes.post("orders/:order/recall", recall)
    }

    private func list(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["after", "late", "limit", "module", "q", "state"])
        let limit = try query.number("limit", in: 1...200, default: 50)
        var filter = OrderFilter()
        filter.state = try query.choice("state", AssignmentState.self)
        filter.module = try query.choice("module", AffairsModule.self)
        filter.after = try query.value("after", "what `next` told") { OrderFilter.Place(text: $0) }
        filter.text = try query.value("q", "1 to \(OrderFilter.longestText) characters") { text in
            (1...OrderFilter.longestText).contains(text.count) ? text : nil
        }
        filter.isLate = try query.flag("late")
        filter.posts = context.access.posts
        let (page, now) = (filter, services.clock.now)
        // One more than is shown tells whether there is a next page.
        let found = try await services.store.read { try $0.orders(limit: limit + 1, page, now: now) }
        let shown = found.prefix(limit)
        let last = found.count > limit ? shown.last?.order : nil
        return .json(
            OrderListView(
                orders: shown.map(OrderSummaryView.init),
                next: last.map { OrderFilter.Place(issuedAt: $0.issuedAt, id: $0.id).text }
            )
        )
    }

    private func issue(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["as"])
        let actor = try context.access.actor(named: query.post("as"))
        let bytes = try await Body.bytes(of: request, upTo: Body.largestOrder)
        let draft = try OrderFile.draft(from: bytes)
        let (order, isRepeated) = try await OrderDesk(services: services).issue(
            draft,
            as: actor,
            body: bytes,
            terms: request.headers,
            access: context.access
        )
        return .json(
            IssuedView(id: order.id, title: order.title, dueAt: order.dueAt, repeated: isRepeated),
            status: .created,
            headers: [.location: "/v1/orders/\(order.id)"]
        )
    }

    private func plan(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["as"])
        let actor = try context.access.actor(named: query.post("as"))
        let draft = try OrderFile.draft(from: try await Body.bytes(of: request, upTo: Body.largestOrder))
        let organization = context.access.organization
        let planned = try await OrderDesk(services: services).plan(draft, as: actor, access: context.access)
        let (plan, open) = (planned.plan, planned.open)
        let posts = plan.levels.flatMap(\.self)
        return .json(
            OrderPlanView(
                order: plan.order,
                levels: plan.levels.compactMap { level in
                    guard let role = level.first?.role else { return nil }
                    let load = level.reduce(0) { $0 + (open[$1] ?? 0) }
                    return OrderPlanView.LevelCount(role: role, posts: level.count, open: load)
                },
                recipients: posts.prefix(Self.longestPlan).compactMap { post in
                    guard let unit = organization.unit(of: post) else { return nil }
                    return .init(post: post, name: unit.name, holder: unit.holder, open: open[post] ?? 0)
                },
                total: posts.count
            )
        )
    }

    private func show(_ request: Request, _ context: CallerContext) async throws -> Response {
        _ = try Query(request, allowing: [])
        let id = try context.orderID()
        let (access, now) = (context.access, services.clock.now)
        let (view, root) = try await services.store.read { store -> (OrderDetailView, Assignment?) in
            let order = try access.order(id, in: store)
            let root = AssignmentID(rootOf: id)
            let own = try store.assignment(root)
            let posts = access.posts
            let loads = try store.holdingUp(under: root, limit: posts == nil ? Self.namedPosts : 10_000)
            let view = OrderDetailView(
                order: order,
                state: own?.state,
                counts: CountsView(counts: try store.counts(under: root, heldBy: posts, now: now)),
                holdingUp: loads.filter { access.sees($0.post) }.prefix(Self.namedPosts).map {
                    PostLoadView($0, in: access.organization)
                }
            )
            return (view, own.flatMap { access.sees($0) ? $0 : nil })
        }
        // What a recall is decided on is the order's own assignment, which whoever may recall it sees.
        var headers = HTTPFields()
        if let root { headers[.eTag] = EntityTag(root.revision).text }
        return .json(view, headers: headers)
    }

    private func assignments(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["after", "limit"])
        let id = try context.orderID()
        let limit = try query.number("limit", in: 1...5_000, default: 1_000)
        let after = try query.value("after", "the identifier that `next` told") { AssignmentID($0) }
        let (access, now) = (context.access, services.clock.now)
        let view = try await services.store.read { store -> AssignmentListView in
            let order = try access.order(id, in: store)
            let seen = try store.assignments(under: AssignmentID(rootOf: id)).filter { assignment in
                access.sees(assignment) && after.map { $0.text < assignment.id.text } ?? true
            }
            let page = seen.prefix(limit)
            return AssignmentListView(
                assignments: page.map { AssignmentView($0, title: order.title, now: now) },
                next: page.count < seen.count ? page.last?.id : nil
            )
        }
        return .json(view)
    }

    private func recall(_ request: Request, _ context: CallerContext) async throws -> Response {
        let id = try context.orderID()
        return try await AssignmentRoutes(services: services)
            .perform(.recall, on: AssignmentID(rootOf: id), request, context)
    }

    private func events(_ request: Request, _ context: CallerContext) async throws -> Response {
        let id = try context.orderID()
        let access = context.access
        _ = try await services.store.read { try access.order(id, in: $0) }
        let stream = EventStream(services: services, credential: context.caller.credential) { access, store, n in
            var stretch = try store.events(under: AssignmentID(rootOf: id), after: n, lookingAt: EventStream.stride)
            stretch.lines = try stretch.lines.filter { line in
                if let post = line.post, access.sees(post) { return true }
                return try store.assignment(line.line.assignment).map(access.sees) ?? false
            }
            return stretch
        }
        return try await stream.response(to: request, person: access.person.n)
    }
}

extension CallerContext {
    fileprivate func orderID() throws -> OrderID {
        try path("order", "order") { OrderID($0) }
    }
}

extension Access {
    /// A work order of which the person sees an assignment.
    func order(_ id: OrderID, in store: StoreReader) throws -> WorkOrder {
        let root = AssignmentID(rootOf: id)
        guard let order = try store.order(id),
            try store.assignment(root).map(sees) ?? false || store.assignments(under: root).contains(where: sees)
        else { throw Problem.notFound("there is no such order among those that concern your posts") }
        return order
    }
}

extension OrderFilter.Place {
    init?(text: String) {
        let parts = text.split(separator: "~", maxSplits: 1)
        guard parts.count == 2, let milliseconds = Int64(parts[0]), let id = OrderID(String(parts[1])) else {
            return nil
        }
        self.init(issuedAt: Instant(milliseconds: milliseconds), id: id)
    }

    /// As a client gives it back: `~` needs no escaping in a query.
    var text: String { "\(issuedAt.milliseconds)~\(id)" }
}
