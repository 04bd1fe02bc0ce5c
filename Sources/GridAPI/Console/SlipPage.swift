//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import Hummingbird

/// Assignment slips (派工单) that offices put on paper: one of an assignment, or one of each that was issued from it.
///
/// A slip has all of the order's text and all posts below with room to sign, over as many sheets of A4 as that takes.
struct SlipPage {
    /// How many slips are on a page.
    static let longest = 200

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let back: String
        let heading: String
        let slips: [Slip]
        let moreText: String?
    }

    /// A slip; names as in `slip.mustache`.
    private struct Slip: Sendable {
        let office: String
        let number: String
        let facts: [OrderPage.FactView]
        let slipText: String
        let legs: [LegView]
        let hasLegs: Bool
    }

    private struct LegView: Sendable {
        let legUnit: String
        let legHolder: String
    }

    /// The slip of the assignment that the address names; of the order's own where it names none.
    func response(_ id: OrderID) async throws -> Response {
        try await response { store in
            let wanted = visit.query("of").flatMap { AssignmentID($0) } ?? AssignmentID(rootOf: id)
            let order = try caller.access.order(id, in: store)
            let assignment = try caller.access.assignment(wanted, in: store)
            guard assignment.id.order == id else { throw Problem.notFound("this assignment is of another order") }
            return try content(order, [assignment], in: store)
        }
    }

    /// The slips of what was issued from the assignment that the address names, as far as she sees it.
    func responseBelow(_ id: OrderID) async throws -> Response {
        try await response { store in
            let above = visit.query("below").flatMap { AssignmentID($0) } ?? AssignmentID(rootOf: id)
            let order = try caller.access.order(id, in: store)
            let slips = Self.slips(below: above, try store.assignments(under: above).filter(caller.access.sees))
            guard above.order == id, !slips.isEmpty else { throw Problem.notFound("nothing of hers lies below this") }
            return try content(order, slips, in: store)
        }
    }

    /// Those of some assignments that were issued from one and are to be put on paper.
    static func slips(below id: AssignmentID, _ assignments: [Assignment]) -> [Assignment] {
        assignments.filter { $0.id.parent == id && !$0.isTombstone && $0.state != .recalled }
            .sorted { $0.post < $1.post }
    }

    private func response(_ read: @escaping @Sendable (StoreReader) throws -> Content) async throws -> Response {
        let page = ConsolePage(visit: visit, caller: caller, section: .orders, follow: [])
        return try await page.response("slip", title: \.heading, read)
    }

    private func content(_ order: WorkOrder, _ assignments: [Assignment], in store: StoreReader) throws -> Content {
        Content(
            back: ConsoleAddress.order(order.id),
            heading: order.title,
            slips: try assignments.prefix(Self.longest).map { try slip(order, $0, in: store) },
            moreText: assignments.count > Self.longest ? visit.texts("planMore", ["count": "\(Self.longest)"]) : nil
        )
    }

    private func slip(_ order: WorkOrder, _ assignment: Assignment, in store: StoreReader) throws -> Slip {
        let (texts, time, organization) = (visit.texts, visit.time, caller.access.organization)
        let legs = try store.legs(of: assignment.id).filter { $0.state != .recalled }
        let holder = texts.post(assignment.post, for: caller.access)
        let own: [(String, String?)] = [
            ("factHolder", assignment.id.isRoot ? nil : holder),
            ("factIssuer", assignment.issuer.map { texts.post($0, in: organization) }),
            ("factArea", assignment.id.isRoot ? nil : organization.unit(assignment.area)?.name),
            ("factAcceptBy", assignment.acceptBy.map(time.text)),
            ("factDueAt", assignment.dueAt.map(time.text)),
        ]
        let facts = own.compactMap { name, value in
            value.map { OrderPage.FactView(key: name, factName: texts(name), factValue: $0) }
        }
        let names = Set(facts.map(\.key)).union(["factOrder"])
        return Slip(
            office: organization.name,
            number: "\(assignment.id)",
            facts: OrderPage.facts(order, in: organization, time).filter { !names.contains($0.key) } + facts,
            slipText: order.body,
            legs: legs.map { leg in
                let unit = organization.unit(of: leg.post)
                let role = organization.level(of: leg.post)?.roleTitle ?? leg.post.role
                return LegView(legUnit: unit?.name ?? "\(leg.post.code)", legHolder: "\(role) \(unit?.holder ?? "")")
            },
            hasLegs: !legs.isEmpty
        )
    }
}
