//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// A made-up organization for measuring and simulating: one street with so many communities, cells in each, groups in
/// each cell and liaisons in each group.
///
/// Its street code 999999999 is given to no place, so that its mailboxes never meet a real organization's.
package struct BenchOrganization: Sendable {
    /// The most lane groups in a cell, and liaison points in a group, that the codes have digits for.
    static let mostGroups = 99
    static let mostLiaisons = 999

    let communities: Int
    let cells: Int
    let groups: Int
    let liaisons: Int

    /// Creates an organization of so many of each in the one above; at least one.
    package init(communities: Int = 1, cells: Int, groups: Int, liaisons: Int) {
        self.communities = communities
        self.cells = cells
        self.groups = groups
        self.liaisons = liaisons
    }

    /// The most cells in a community here: the codes have digits for 999.
    private static let mostCells = 500

    /// Creates an organization of so many cells in all, or a few more, in as many communities as they need.
    init(atLeast cells: Int, groups: Int, liaisons: Int) {
        let communities = max(1, (cells + Self.mostCells - 1) / Self.mostCells)
        let each = (cells + communities - 1) / communities
        self.init(communities: communities, cells: each, groups: groups, liaisons: liaisons)
    }

    /// The street's code.
    package static let street = "999999999"

    /// All posts of every bench organization.
    static let everyone = PostPattern("*@\(street)*")

    /// The file's content.
    package var document: OrganizationDocument {
        var units = [unit(Self.street)]
        for community in codes(communities, in: Self.street, digits: 3) {
            units.append(unit(community))
            for cell in codes(cells, in: community, digits: 3) {
                units.append(unit(cell))
                for group in codes(groups, in: cell, digits: 2) {
                    units.append(unit(group))
                    units += codes(liaisons, in: group, digits: 3).map(unit)
                }
            }
        }
        return OrganizationDocument(name: "Bench", levels: Self.levels, units: units)
    }

    /// The codes of so many units in an area.
    private func codes(_ count: Int, in area: String, digits: Int) -> [String] {
        (1...max(1, count)).map { number in
            let text = String(number)
            return area + String(repeating: "0", count: digits - text.count) + text
        }
    }

    private func unit(_ code: String) -> OrganizationDocument.UnitEntry {
        .init(code: code, name: code, holder: "-")
    }

    private static let levels: [OrganizationDocument.LevelEntry] = [
        level("street", 9, "office", "street"), level("community", 12, "office", "community", receivesWork: false),
        level("cell", 15, "cell-leader", "cell"), level("lane-group", 17, "group-leader", "cell"),
        level("liaison-point", 20, "liaison", "cell"),
    ]

    private static func level(
        _ name: String,
        _ length: Int,
        _ role: String,
        _ mailbox: String,
        receivesWork: Bool = true
    ) -> OrganizationDocument.LevelEntry {
        .init(
            name: name,
            title: name,
            codeLength: length,
            role: role,
            roleTitle: role,
            mailbox: mailbox,
            receivesWork: receivesWork
        )
    }
}
