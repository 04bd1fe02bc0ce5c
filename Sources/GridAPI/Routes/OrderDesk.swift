//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridRuntime
import GridStore
import HTTPTypes

/// Plans and issues work orders, whether a program or a page asks for it.
struct OrderDesk {
    let services: APIServices

    /// A plan, and how much each of those who would get the order has to do already.
    struct Plan: Sendable {
        let plan: OrderPlan
        let open: [PostAddress: Int]
    }

    /// What would come of an order.
    ///
    /// - Throws: `Refusal`, with what issuing it would be refused for; `StoreError`.
    func plan(_ draft: OrderDraft, as actor: PostAddress, access: Access) async throws -> Plan {
        let plan = try OrderPlan(draft, issuer: actor, in: access.organization, at: services.clock.now)
        let posts = plan.levels.flatMap(\.self)
        let loads = try await services.store.read { try $0.openAssignments(heldBy: posts) }
        return Plan(plan: plan, open: Dictionary(loads.map { ($0.post, $0.count) }) { first, _ in first })
    }

    /// Issues an order.
    ///
    /// - Parameters:
    ///   - bytes: The order as it was sent; tells a repetition from another order.
    ///   - terms: Fields of a request's header: `Idempotency-Key` counts.
    /// - Returns: The order, and whether an earlier request with the same key issued it.
    func issue(
        _ draft: OrderDraft,
        as actor: PostAddress,
        body bytes: [UInt8],
        terms: HTTPFields,
        access: Access
    ) async throws -> (order: WorkOrder, isRepeated: Bool) {
        let given = try GivenCommand(terms, access, actor: actor, asking: "issue", body: bytes)
        let outcome = try await services.desk.perform(
            Command(id: given.id, actor: actor, body: .issue(draft)),
            on: given.terms
        )
        let root: AssignmentID?
        let isRepeated: Bool
        switch outcome {
        case .done(let decision): (root, isRepeated) = (decision.assignment?.id, false)
        case .repeated(let id): (root, isRepeated) = (id, true)
        }
        guard let id = root?.order, let order = try await services.store.read({ try $0.order(id) }) else {
            throw Problem(
                .conflict,
                "issued-before",
                "Issued before",
                "this key issued an order long ago; look for it in the list"
            )
        }
        return (order, isRepeated)
    }
}
