//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

/// Organizations to test with: a street over communities, cells, lane groups and liaison points, all numbered from 1.
enum SampleOrganization {
    static let levels: [OrganizationDocument.LevelEntry] = [
        level("street", "街道", 9, "office", "街道办事处", "street"),
        level("community", "社区", 12, "office", "社区居委会", "community", receivesWork: false),
        level("cell", "网格", 15, "cell-leader", "片长", "cell"),
        level("lane-group", "居民小组", 17, "group-leader", "小组长", "cell"),
        level("liaison-point", "联络点", 20, "liaison", "联络员", "cell"),
    ]

    /// The document of a street with so many units inside each unit of the level above.
    static func document(
        communities: Int = 2,
        cells: Int = 2,
        groups: Int = 2,
        points: Int = 2
    ) -> OrganizationDocument {
        var units = [unit("310105002")]
        for community in numbers(communities, "310105002", 3) {
            units.append(unit(community))
            for cell in numbers(cells, community, 3) {
                units.append(unit(cell))
                for group in numbers(groups, cell, 2) {
                    units.append(unit(group))
                    units += numbers(points, group, 3).map(unit)
                }
            }
        }
        return OrganizationDocument(name: "江苏路街道", levels: levels, units: units)
    }

    /// The organization of such a street.
    static func organization(
        communities: Int = 2,
        cells: Int = 2,
        groups: Int = 2,
        points: Int = 2
    ) throws -> Organization {
        try OrganizationValidator.organization(
            from: document(communities: communities, cells: cells, groups: groups, points: points)
        )
    }

    private static func numbers(_ count: Int, _ parent: String, _ width: Int) -> [String] {
        (0..<count).map { parent + Int64($0 + 1).padded(to: width) }
    }

    private static func unit(_ code: String) -> OrganizationDocument.UnitEntry {
        .init(code: code, name: "单位\(code.suffix(3))", holder: "甲\(code.suffix(3))")
    }

    private static func level(
        _ name: String,
        _ title: String,
        _ codeLength: Int,
        _ role: String,
        _ roleTitle: String,
        _ mailbox: String,
        receivesWork: Bool = true
    ) -> OrganizationDocument.LevelEntry {
        .init(
            name: name,
            title: title,
            codeLength: codeLength,
            role: role,
            roleTitle: roleTitle,
            mailbox: mailbox,
            receivesWork: receivesWork
        )
    }
}

/// The post with this address; a test that mistypes one fails.
func post(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> PostAddress {
    try #require(PostAddress(text), sourceLocation: sourceLocation)
}

/// The code with these digits; a test that mistypes one fails.
func code(_ digits: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> UnitCode {
    try #require(UnitCode(digits), sourceLocation: sourceLocation)
}
