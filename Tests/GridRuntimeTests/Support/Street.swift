//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel

/// A small street: communities, cells, lane groups and liaison points, so many in each.
struct Street: Sendable {
    /// Two communities of two cells, each with two lane groups of two liaison points.
    static let small = Street(communities: 2, cells: 2, groups: 2, liaisons: 2)

    static let code = "999999001"

    var communities: Int
    var cells: Int
    var groups: Int
    var liaisons: Int

    /// The assignments of an order to the whole street, its root counted.
    var legs: Int { 1 + communities * cells * (1 + groups * (1 + liaisons)) }

    /// The street's office.
    var office: PostAddress { Self.post("office", Self.code) }

    /// The office of a community, counted from 1.
    func community(_ number: Int) -> PostAddress {
        Self.post("office", Self.code + Self.digits(number, 3))
    }

    /// The leader of a cell; cells are counted from 1 through all communities, as an order's legs are.
    func cellLeader(_ cell: Int) -> PostAddress { Self.post("cell-leader", cellCode(cell)) }

    /// The leader of a cell's lane group.
    func groupLeader(_ cell: Int, _ group: Int) -> PostAddress {
        Self.post("group-leader", cellCode(cell) + Self.digits(group, 2))
    }

    /// The liaison of a point in a cell's lane group.
    func liaison(_ cell: Int, _ group: Int, _ point: Int) -> PostAddress {
        Self.post("liaison", cellCode(cell) + Self.digits(group, 2) + Self.digits(point, 3))
    }

    /// The organization file.
    func file() throws -> [UInt8] {
        Array(try JSONEncoder().encode(document))
    }

    private var document: OrganizationDocument {
        var codes = [Self.code]
        for community in 1...communities {
            codes.append(Self.code + Self.digits(community, 3))
        }
        for cell in 1...communities * cells {
            codes.append(cellCode(cell))
            for group in 1...groups {
                codes.append(groupLeader(cell, group).code.digits)
                codes += (1...liaisons).map { liaison(cell, group, $0).code.digits }
            }
        }
        let units = codes.map { OrganizationDocument.UnitEntry(code: $0, name: $0, holder: "持岗人") }
        return OrganizationDocument(name: "测试街道", levels: Self.levels, units: units)
    }

    private func cellCode(_ cell: Int) -> String {
        let (community, number) = (cell - 1).quotientAndRemainder(dividingBy: cells)
        return Self.code + Self.digits(community + 1, 3) + Self.digits(number + 1, 3)
    }

    private static let levels: [OrganizationDocument.LevelEntry] = [
        level("street", 9, "office", "street"),
        level("community", 12, "office", "community", receivesWork: false),
        level("cell", 15, "cell-leader", "cell"),
        level("lane-group", 17, "group-leader", "cell"),
        level("liaison-point", 20, "liaison", "cell"),
    ]

    private static func level(
        _ name: String,
        _ codeLength: Int,
        _ role: String,
        _ mailbox: String,
        receivesWork: Bool = true
    ) -> OrganizationDocument.LevelEntry {
        OrganizationDocument.LevelEntry(
            name: name,
            title: name,
            codeLength: codeLength,
            role: role,
            roleTitle: role,
            mailbox: mailbox,
            receivesWork: receivesWork
        )
    }

    private static func post(_ role: String, _ code: String) -> PostAddress {
        guard let code = UnitCode(code) else { preconditionFailure("Cannot name a post by the code \(code)") }
        return PostAddress(role: role, code: code)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: count - text.count) + text
    }
}
