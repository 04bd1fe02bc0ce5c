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

/// Issuing an order: a form, what would come of it, and then the order.
struct IssueRoutes {
    let services: APIServices

    func add(to router: PageRouter) {
        router.get(ConsoleAddress.issue) { visit, caller in
            try await IssuePage(visit: visit, caller: caller).response()
        }
        // Back from what would come of it.
        router.post(ConsoleAddress.issue) { visit, caller in
            let form = try await OrderForm.read(visit)
            return try await IssuePage(visit: visit, caller: caller).response(form, key: form.key)
        }
        // Whoever loads again what was sent in a form begins anew.
        for address in [ConsoleAddress.plan, ConsoleAddress.issued] {
            router.get(address) { _, _ in .seeOther(ConsoleAddress.issue) }
        }
        router.post(ConsoleAddress.plan) { visit, caller in
            try await check(visit, caller) { form, draft, actor in
                let plan = try await OrderDesk(services: services).plan(draft, as: actor, access: caller.access)
                let page = PlanPage(visit: visit, caller: caller)
                if let file = try await Export.response(visit, reading: { page.file(plan, named: $0) }) { return file }
                return try await page.response(form, plan, as: actor)
            }
        }
        router.post(ConsoleAddress.issued) { visit, caller in
            try await check(visit, caller) { form, draft, actor in
                let issued = try await OrderDesk(services: services).issue(
                    draft,
                    as: actor,
                    body: try OrderForm.bytes(of: draft),
                    terms: form.terms,
                    access: caller.access
                )
                return .seeOther("\(ConsoleAddress.order(issued.order.id))?did=\(CommandVerb.issue.rawValue)")
            }
        }
    }

    /// Reads the form and goes on with it; shows it again where it does not hold.
    private func check(
        _ visit: PageVisit,
        _ caller: Caller,
        _ body: (OrderForm, OrderDraft, PostAddress) async throws -> Response
    ) async throws -> Response {
        let form = try await OrderForm.read(visit)
        let page = IssuePage(visit: visit, caller: caller)
        let actor = try caller.access.actor(named: form.actor.flatMap { PostAddress($0) })
        do {
            return try await body(form, try form.draft(in: services.configuration.zone), actor)
        } catch let error as OrderForm.Wrong {
            return try await page.response(form, wrong: error.fields, status: .unprocessableContent)
        } catch let refusal as Refusal where refusal.reason == .invalid {
            let fields = OrderField.named(in: refusal.detail)
            return try await page.response(form, wrong: fields, status: .unprocessableContent)
        } catch is LocalDesk.KeyReused {
            // A new key: this one has issued its order.
            let notice = PageFrame.Notice.bad(visit.texts("noticeReused"))
            return try await page.response(form, status: .unprocessableContent, notice: notice)
        }
    }
}
