//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreQueries {
    /// Loads the rows of a page that a message needs.
    package func page(for query: PageQuery) throws -> Page {
        var page = Page()
        if let id = query.assignment {
            page.order = try order(id.order)
            page.assignment = try assignment(id)
            if query.openLegs, let held = page.assignment, held.legs.open > 0 {
                page.openLegs = try openLegs(of: id)
            }
        }
        if let id = query.leg, let parent = id.parent {
            page.order = try page.order ?? order(id.order)
            page.parent = try assignment(parent)
            page.leg = try leg(id)
        }
        if let key = query.escalation {
            page.escalation = try newestEscalation(key)
        }
        if let key = query.numbersOfDay {
            page.lastNumber = try lastNumber(key)
        }
        return page
    }

    private func leg(_ id: AssignmentID) throws -> Leg? {
        let key = id.legKey
        return try connection.first(
            selectLeg,
            [key.parent, key.ordinal],
            Leg.init(row:)
        )
    }

    private func openLegs(of id: AssignmentID) throws -> [Leg] {
        try connection.all(
            """
            SELECT \(Leg.columns) FROM leg WHERE parent = ? AND state NOT IN ('completed', 'recalled') ORDER BY ordinal
            """,
            [id.text],
            Leg.init(row:)
        )
    }

    private func newestEscalation(_ key: PageQuery.EscalationKey) throws -> Escalation? {
        try connection.first(
            """
            SELECT \(Escalation.columns) FROM escalation WHERE superior = ? AND assignment = ?
            ORDER BY revision DESC LIMIT 1
            """,
            [key.superior.text, key.assignment.text],
            Escalation.init(row:)
        )
    }

    /// By case number, not by issuer: two posts of one unit share its numbers, as they share its code. The last of those
    /// that are here, not how many: after a backup was put back, mail can bring an order that was issued before.
    private func lastNumber(_ key: PageQuery.DayKey) throws -> Int {
        let prefix = "\(key.issuer.code)-\(key.day.compact)"
        // Case numbers of the day lie between `…-` and the next character, `.`.
        let here = try connection.number(
            "SELECT coalesce(max(CAST(substr(id, ?) AS INTEGER)), 0) FROM workOrder WHERE id >= ? AND id < ?",
            [prefix.utf8.count + 2, prefix + "-", prefix + "."]
        )
        guard let restoredAt = try restoredAt() else { return here }
        return max(here, OrderID.lastNumber(of: key.day, takenBefore: restoredAt))
    }
}

private let selectLeg = SQL("SELECT \(Leg.columns) FROM leg WHERE parent = ? AND ordinal = ?")
