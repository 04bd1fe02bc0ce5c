//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

@testable import GridModel

/// A street of two communities, each with three cells of three lane groups of three liaison points, and orders for it.
enum SampleGrid {
    /// When every test begins: 23 November 2026, 08:00 in China.
    static let morning = Instant(milliseconds: 1_795_392_000_000)

    static let hour: Int64 = 3_600_000

    static let street = PostAddress(role: "office", code: code("310105002"))

    static func community(_ community: Int) -> PostAddress {
        PostAddress(role: "office", code: code("31010500200\(community)"))
    }

    static func cellLeader(_ community: Int, _ cell: Int) -> PostAddress {
        PostAddress(role: "cell-leader", code: code("31010500200\(community)00\(cell)"))
    }

    static func groupLeader(_ community: Int, _ cell: Int, _ group: Int) -> PostAddress {
        PostAddress(role: "group-leader", code: code("31010500200\(community)00\(cell)0\(group)"))
    }

    static func liaison(_ community: Int, _ cell: Int, _ group: Int, _ point: Int) -> PostAddress {
        PostAddress(role: "liaison", code: code("31010500200\(community)00\(cell)0\(group)00\(point)"))
    }

    static let organization: Organization = {
        let levels = [
            level("street", 9, "office", mailbox: "street"),
            level("community", 12, "office", mailbox: "community", receivesWork: false),
            level("cell", 15, "cell-leader", mailbox: "cell"),
            level("lane-group", 17, "group-leader", mailbox: "cell"),
            level("liaison-point", 20, "liaison", mailbox: "cell"),
        ]
        var units = [unit(street, under: nil, 0)]
        for community in 1...2 {
            let office = Self.community(community)
            units.append(unit(office, under: street, 1))
            for cell in 1...3 {
                let leader = cellLeader(community, cell)
                units.append(unit(leader, under: office, 2))
                for group in 1...3 {
                    let groupLeader = Self.groupLeader(community, cell, group)
                    units.append(unit(groupLeader, under: leader, 3))
                    for point in 1...3 {
                        units.append(unit(liaison(community, cell, group, point), under: groupLeader, 4))
                    }
                }
            }
        }
        return Organization(name: "Sample street", levels: levels, units: units)
    }()

    /// An order for cells of the sample.
    static func draft(
        scope: [String] = ["310105002001001"],
        to role: String = "cell-leader",
        mode: CascadeMode = .automatic,
        signOff: [String] = [],
        rollUp: RollUp = .automatic,
        acceptWithinHours: Int64? = nil,
        dueWithinHours: Int64? = nil
    ) -> OrderDraft {
        OrderDraft(
            title: "Check the fire lanes",
            body: "Walk every lane and note what stands in the way.",
            module: .publicSafety,
            scope: scope,
            cascade: Cascade(to: role, mode: mode),
            signOff: signOff,
            rollUp: rollUp,
            acceptBy: acceptWithinHours.map { .after(milliseconds: $0 * hour) },
            dueAt: dueWithinHours.map { .after(milliseconds: $0 * hour) }
        )
    }

    /// The code with these digits.
    static func code(_ digits: String) -> UnitCode {
        guard let code = UnitCode(digits) else { preconditionFailure("\(digits) is no code") }
        return code
    }

    /// The identifier with this text.
    static func messageID(_ text: String) -> MessageID {
        guard let id = MessageID(text) else { preconditionFailure("\(text) is no message identifier") }
        return id
    }

    private static func level(
        _ name: String,
        _ codeLength: Int,
        _ role: String,
        mailbox: String,
        receivesWork: Bool = true
    ) -> Level {
        Level(
            name: name,
            title: name,
            codeLength: codeLength,
            role: role,
            roleTitle: role,
            mailbox: mailbox,
            receivesWork: receivesWork
        )
    }

    private static func unit(_ post: PostAddress, under superior: PostAddress?, _ levelIndex: Int) -> Unit {
        Unit(
            code: post.code,
            name: "Unit \(post.code)",
            holder: "Holder of \(post.code)",
            post: post,
            superior: superior,
            levelIndex: levelIndex
        )
    }
}
