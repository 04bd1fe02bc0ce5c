//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import Hummingbird

/// The caller's part of the organization.
struct OrganizationRoutes {
    /// How many units an answer has at most.
    static let longestPage = 5_000

    let services: APIServices

    func add(to routes: CallerRoutes) {
        routes.get("organization", show)
    }

    private struct View: Encodable {
        let name: String
        let levels: [Level]
        let units: [UnitView]
        /// What to give as `after` for the next page; nil on the last one.
        let next: UnitCode?
    }

    private func show(_ request: Request, _ context: CallerContext) async throws -> Response {
        let query = try Query(request, allowing: ["area", "after", "limit"])
        let organization = context.access.organization
        let area = try query.value("area", "a code of digits") { UnitCode($0) }
        let after = try query.value("after", "the code that `next` told") { UnitCode($0) }
        let limit = try query.number("limit", in: 1...Self.longestPage, default: 1_000)
        if let area, !context.access.sees(area) || organization.unit(area) == nil {
            throw Problem.notFound("there is no such unit among yours and those inside them")
        }
        // Codes sort so that what lies inside a unit follows it: a unit inside another one of hers is in its stretch.
        let roots = area.map { [$0] } ?? context.access.held.map(\.code)
        let outermost = roots.filter { root in !roots.contains { $0 != root && $0.contains(root) } }
        let units = Set(outermost).sorted().flatMap { organization.units(in: $0) }
            .drop { unit in after.map { unit.code <= $0 } ?? false }
        let page = units.prefix(limit)
        let view = View(
            name: organization.name,
            levels: organization.levels,
            units: page.map { UnitView($0, in: organization) },
            next: page.count < units.count ? page.last?.code : nil
        )
        return .json(view)
    }
}
