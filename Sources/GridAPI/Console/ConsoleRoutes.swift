//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridRuntime
import GridStore
import HTTPTypes
import Hummingbird

/// The console: pages for who looks after many.
struct ConsoleRoutes {
    let services: APIServices

    func add(to router: PageRouter) {
        router.get(ConsoleAddress.orders) { visit, caller in
            let page = OrderListPage(visit: visit, caller: caller)
            let file = try await Export.response(visit) { name, store in
                name == OrderListPage.tableName ? try page.file(in: store) : nil
            }
            if let file { return file }
            return try await page.response()
        }
        router.get(ConsoleAddress.late) { visit, caller in
            let page = LatePage(visit: visit, caller: caller)
            let file = try await Export.response(visit) { $0 == LatePage.tableName ? try page.table(in: $1) : nil }
            if let file { return file }
            return try await page.response()
        }
        router.get(ConsoleAddress.invitations) { try await InvitingPage(visit: $0, caller: $1).response() }
        router.post(ConsoleAddress.invitations) { try await InvitingPage(visit: $0, caller: $1).invite() }
        router.get("/orders/:order") { visit, caller in
            let id = try Self.order(visit)
            let page = OrderPage(visit: visit, caller: caller)
            let file = try await Export.response(visit) { try page.file(of: id, named: $0, in: $1) }
            if let file { return file }
            return try await page.response(id, notice: Self.done(visit))
        }
        router.get("/orders/:order/slip") { visit, caller in
            try await SlipPage(visit: visit, caller: caller).response(try Self.order(visit))
        }
        router.get("/orders/:order/slips") { visit, caller in
            try await SlipPage(visit: visit, caller: caller).responseBelow(try Self.order(visit))
        }
        for verb in [CommandVerb.urge, .recall] {
            router.post("/orders/:order/\(verb.pathWord)") { try await perform(verb, $0, $1) }
        }
    }

    private static func order(_ visit: PageVisit) throws -> OrderID {
        guard let id = visit.context.parameters.get("order").flatMap({ OrderID($0) }) else {
            throw Problem.notFound("there is no such order")
        }
        return id
    }

    /// What was done before this page.
    private static func done(_ visit: PageVisit) -> PageFrame.Notice? {
        switch visit.query("did").flatMap({ CommandVerb(rawValue: $0) }) {
        case .recall: .good(visit.texts("noticeRecalled"))
        case .urge: .good(visit.texts("noticeUrged"))
        case .issue: .good(visit.texts("noticeIssued"))
        default: nil
        }
    }

    /// Carries out a command on an order: on its own assignment, or, as an office that only supervises, on the first below.
    private func perform(_ verb: CommandVerb, _ visit: PageVisit, _ caller: Caller) async throws -> Response {
        let id = try Self.order(visit)
        let form = try await PageForm.read(visit)
        do {
            let actor = try caller.access.actor(named: form.actor.flatMap { PostAddress($0) })
            let supervised =
                verb == .urge
                ? try await services.store.read { store in
                    try Supervised(by: actor, in: store.assignments(under: AssignmentID(rootOf: id)), caller.access)
                } : nil
            let targets = supervised.map(\.open) ?? []
            for target in targets.isEmpty ? [AssignmentID(rootOf: id)] : targets {
                _ = try await AssignmentDesk(services: services).perform(
                    verb,
                    on: target,
                    as: actor,
                    body: try form.body(for: verb, in: services.configuration.zone),
                    terms: targets.isEmpty ? form.terms : form.terms(about: target),
                    access: caller.access
                )
            }
        } catch {
            guard let text = FieldRoutes.notice(error), let problem = Problem.of(error) else { throw error }
            return try await OrderPage(visit: visit, caller: caller)
                .response(id, status: problem.status, notice: .bad(visit.texts(text)))
        }
        return .seeOther("\(ConsoleAddress.order(id))?did=\(verb.rawValue)")
    }
}
