//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime

/// The street of every simulation, and which node hosts what.
struct SimulatedStreet {
    let organization: Organization
    let posts: [PostAddress]
    let office: PostAddress
    let community: PostAddress
    private let secondArea: UnitCode

    /// Two communities of two cells, each with two lane groups of two liaison points.
    init() throws {
        let document = BenchOrganization(communities: 2, cells: 2, groups: 2, liaisons: 2).document
        organization = try OrganizationValidator.organization(from: document)
        posts = organization.units.map(\.post)
        let offices = posts.filter { $0.role == "office" }
        (office, community, secondArea) = (offices[0], offices[1], offices[2].code)
    }

    /// The node, of so many, whose state file has a post's page.
    func node(of post: PostAddress, among nodes: Int) -> Int {
        nodes > 1 && secondArea.contains(post.code) ? 1 : 0
    }

    /// The mailboxes that a node, of so many, serves.
    func mailboxes(of node: Int, among nodes: Int) -> [String] {
        let own = posts.filter { self.node(of: $0, among: nodes) == node }
        return Set(own.compactMap { organization.mailbox(of: $0)?.name }).sorted()
    }

    /// The first words of a post's routing keys.
    func mailboxPrefix(of post: PostAddress) -> String {
        "\(organization.mailbox(of: post)?.name ?? "").\(post.code)"
    }

    /// An order of a random shape, small enough that a run stays short.
    func draft(for issuer: PostAddress, random: inout SeededGenerator) -> OrderDraft {
        let cells = organization.units(in: issuer.code).filter { $0.post.role == "cell-leader" }.map(\.code.digits)
        let roles = ["cell-leader", "group-leader", "liaison"]
        let first = random.pick(cells)
        let role = random.pick(roles + ["group-leader", "liaison", "liaison"])
        // Two cells down to the liaisons are fifteen legs already.
        let scope = random.happens(role == "liaison" ? 200 : 600) ? Set([first, random.pick(cells)]).sorted() : [first]
        let hour: Int64 = 3_600_000
        return OrderDraft(
            title: "Check the fire lanes",
            body: "Walk every lane and note what stands in the way.",
            module: .publicSafety,
            scope: scope,
            cascade: Cascade(to: role, mode: random.happens(600) ? .automatic : .onAcceptance),
            signOff: roles.filter { _ in random.happens(300) },
            rollUp: random.happens(700) ? .automatic : .byHolder,
            acceptBy: random.happens(500) ? .after(milliseconds: 4 * hour) : nil,
            dueAt: random.happens(700) ? .after(milliseconds: 48 * hour) : nil
        )
    }
}
