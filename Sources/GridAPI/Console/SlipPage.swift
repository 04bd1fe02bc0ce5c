//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import Hummingbird

/// The assignment slip (派工单) that offices put on paper: one page of A4 with lines to sign on.
struct SlipPage {
    /// How many lines of the order's text, of so many characters, and how many posts fit on the page.
    private static let mostLines = 10
    private static let lineLength = 36
    private static let mostPosts = 8

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let back: String
        let office: String
        let number: String
        let heading: String
        let facts: [OrderPage.FactView]
        let slipText: String
        let cutText: String?
        let legs: [LegView]
        let hasLegs: Bool
        let moreText: String?
    }

    private struct LegView: Sendable {
        let legUnit: String
        let legHolder: String
    }

    func response(_ id: OrderID) async throws -> Response {
        let page = ConsolePage(visit: visit, caller: caller, section: .orders, follow: [])
        return try await page.response("slip", title: \.heading) { try look(at: id, in: $0) }
    }

    private func look(at id: OrderID, in store: StoreReader) throws -> Content {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let order = try access.order(id, in: store)
        let wanted = visit.query("of").flatMap { AssignmentID($0) } ?? AssignmentID(rootOf: id)
        let assignment = try access.assignment(wanted, in: store)
        guard assignment.id.order == id else { throw Problem.notFound("this assignment is of another order") }
        let organization = access.organization
        let legs = try store.legs(of: assignment.id).filter { $0.state != .recalled }
        let text = Self.beginning(of: order.body)
        let holder = texts.post(assignment.post, in: organization)
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
        return Content(
            back: ConsoleAddress.order(id),
            office: organization.name,
            number: "\(assignment.id)",
            heading: order.title,
            facts: OrderPage.facts(order, in: organization, time).filter { !names.contains($0.key) } + facts,
            slipText: text,
            cutText: text.count < order.body.count ? texts("slipCut") : nil,
            legs: legs.prefix(Self.mostPosts).map { leg in
                let unit = organization.unit(of: leg.post)
                let role = organization.level(of: leg.post)?.roleTitle ?? leg.post.role
                return LegView(legUnit: unit?.name ?? "\(leg.post.code)", legHolder: "\(role) \(unit?.holder ?? "")")
            },
            hasLegs: !legs.isEmpty,
            moreText: legs.count > Self.mostPosts ? texts("slipMore", ["count": "\(legs.count - Self.mostPosts)"]) : nil
        )
    }

    /// As much of a text as fits.
    private static func beginning(of text: String) -> String {
        var (beginning, lines, length) = ("", 1, 0)
        for character in text {
            if character.isNewline || length == lineLength {
                lines += 1
                length = 0
            }
            if lines > mostLines { break }
            if !character.isNewline { length += 1 }
            beginning.append(character)
        }
        return beginning
    }
}
