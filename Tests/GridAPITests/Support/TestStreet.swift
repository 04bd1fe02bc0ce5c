//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel

/// A street of two communities, each of two cells of two lane groups of two liaison points.
enum TestStreet {
    static let office = post("office@999999001")
    static let community1 = post("office@999999001001")
    static let community2 = post("office@999999001002")
    /// The leader of the first cell of the first community.
    static let leader1 = post("cell-leader@999999001001001")
    /// The leader of the other cell of the first community.
    static let leader2 = post("cell-leader@999999001001002")
    /// The leader of a cell of the second community.
    static let leader3 = post("cell-leader@999999001002001")
    static let group1 = post("group-leader@99999900100100101")
    static let group2 = post("group-leader@99999900100100102")
    static let liaison1 = post("liaison@99999900100100101001")
    static let liaison2 = post("liaison@99999900100100101002")

    /// The people of the tests: each holds the one post of her name.
    static let people = [
        "street": office, "community1": community1, "community2": community2, "leader1": leader1, "leader2": leader2,
        "leader3": leader3, "group1": group1, "group2": group2, "liaison1": liaison1, "liaison2": liaison2,
    ]

    /// The organization file.
    static func file() throws -> [UInt8] {
        var codes = [office.code.digits]
        for community in 1...2 {
            codes.append(office.code.digits + "00\(community)")
            for cell in 1...2 {
                let cell = office.code.digits + "00\(community)00\(cell)"
                codes.append(cell)
                for group in 1...2 {
                    codes.append(cell + "0\(group)")
                    codes += (1...2).map { cell + "0\(group)00\($0)" }
                }
            }
        }
        let document = OrganizationDocument(
            name: "测试街道",
            levels: [
                level("street", 9, "office", "street"),
                level("community", 12, "office", "community", receivesWork: false),
                level("cell", 15, "cell-leader", "cell"),
                level("lane-group", 17, "group-leader", "cell"),
                level("liaison-point", 20, "liaison", "cell"),
            ],
            units: codes.map { .init(code: $0, name: "单位\($0)", holder: "持岗人\($0)") }
        )
        return Array(try JSONEncoder().encode(document))
    }

    /// An order file; more members replace those of the sample.
    static func order(_ changes: [String: any Sendable] = [:]) throws -> String {
        var order: [String: Any] = [
            "title": "冬季安全检查", "body": "逐户检查楼道与电线。", "module": "publicSafety", "scope": ["999999001"],
            "cascade": ["to": "liaison", "mode": "automatic"], "signOff": ["cell-leader"], "dueAt": "P7D",
        ]
        order.merge(changes) { $1 }
        return String(decoding: try JSONSerialization.data(withJSONObject: order), as: UTF8.self)
    }

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

    private static func post(_ text: String) -> PostAddress {
        guard let post = PostAddress(text) else { preconditionFailure("Cannot name a post \(text)") }
        return post
    }
}
