//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

/// The dry run of an order.
@Suite struct OrderPlanTests {
    private let organization: Organization
    private let now = Instant(milliseconds: 1_790_000_000_000)

    init() throws {
        organization = try SampleOrganization.organization()
    }

    private func plan(_ issuer: String, to role: String, scope: [String]) throws -> OrderPlan {
        let draft = OrderDraft(title: "t", body: "b", module: .services, scope: scope, cascade: Cascade(to: role))
        return try OrderPlan(draft, issuer: #require(PostAddress(issuer)), in: organization, at: now)
    }

    @Test("An order reaches every level down to the one it names, and no level that only supervises")
    func levels() throws {
        let counts = try plan("office@310105002", to: "liaison", scope: ["310105002"]).levels.map(\.count)
        #expect(counts == [4, 8, 16])
        #expect(try plan("office@310105002", to: "cell-leader", scope: ["310105002"]).levels.map(\.count) == [4])
    }

    @Test("Areas that overlap count once, and a leader plans for her own cell")
    func scope() throws {
        let overlapping = try plan("office@310105002", to: "group-leader", scope: ["310105002001", "310105002001001"])
        #expect(overlapping.levels.map(\.count) == [2, 4])
        let own = try plan("cell-leader@310105002001001", to: "liaison", scope: ["310105002001001"])
        #expect(own.levels.map(\.count) == [2, 4])
    }

    @Test("What issuing would refuse, the plan refuses with the same words")
    func refusal() throws {
        #expect(throws: Refusal.self) {
            try plan("cell-leader@310105002001001", to: "liaison", scope: ["310105002002"])
        }
        #expect(throws: Refusal.self) { try plan("office@310105002", to: "moon", scope: ["310105002"]) }
    }
}
