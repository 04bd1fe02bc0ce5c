//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Who stands where: levels, units, posts, mailboxes and superiors, as one immutable value.
package struct Organization: Sendable {
    /// The most levels an organization may have.
    ///
    /// An assignment's identifier grows by an ordinal with every level, and a message's by a position with every hop
    /// down the levels and up again: seven keep both within `AssignmentID.maximumLength` and `MessageID.maximumLength`.
    package static let maximumLevels = 7

    /// The organization's name.
    package let name: String
    /// The levels from the top.
    package let levels: [Level]
    /// The units sorted by code, so that every unit precedes what lies inside it.
    package let units: [Unit]

    private let indexByCode: [UnitCode: Int]
    private let levelIndexByRoleAndLength: [RoleAtLength: Int]
    /// What the routing keys of a post of this organization begin with, and the post by it: every message needs both.
    private(set) var routes: [PostAddress: String] = [:]
    private(set) var postByRoute: [Substring: PostAddress] = [:]

    private struct RoleAtLength: Hashable {
        let role: String
        let length: Int
    }

    /// Creates an organization from parts that validation has found sound.
    init(name: String, levels: [Level], units: [Unit]) {
        self.name = name
        self.levels = levels
        self.units = units.sorted { $0.code < $1.code }
        indexByCode = Dictionary(
            self.units.enumerated().map { ($1.code, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        levelIndexByRoleAndLength = Dictionary(
            levels.enumerated().map { (RoleAtLength(role: $1.role, length: $1.codeLength), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        for unit in self.units {
            guard let mailbox = mailbox(of: unit.post) else { continue }
            let route = mailbox.route(of: unit.post)
            routes[unit.post] = route
            postByRoute[route[...]] = unit.post
        }
    }

    /// The unit with a code.
    package func unit(_ code: UnitCode) -> Unit? {
        indexByCode[code].map { units[$0] }
    }

    /// The unit whose post has this address, nil when there is no such post.
    package func unit(of post: PostAddress) -> Unit? {
        guard let unit = unit(post.code), unit.post == post else { return nil }
        return unit
    }

    /// The level of a unit.
    package func level(of unit: Unit) -> Level { levels[unit.levelIndex] }

    /// The level a post's address speaks of, whether or not the post exists here.
    package func level(of post: PostAddress) -> Level? {
        levelIndexByRoleAndLength[RoleAtLength(role: post.role, length: post.code.length)].map { levels[$0] }
    }

    /// The top unit.
    package var top: Unit? { units.first }

    /// The post a post escalates to, nil at the top or for an unknown post.
    package func superior(of post: PostAddress) -> PostAddress? {
        unit(of: post)?.superior
    }

    /// Whether `superior` stands anywhere above `post` in the escalation chain.
    package func isSuperior(_ superior: PostAddress, of post: PostAddress) -> Bool {
        var current = self.superior(of: post)
        while let next = current {
            if next == superior { return true }
            current = self.superior(of: next)
        }
        return false
    }

    /// The units inside `area` (itself included), sorted by code.
    package func units(in area: UnitCode) -> ArraySlice<Unit> {
        // Codes sort so that everything inside an area follows it without a gap.
        var low = 0
        var high = units.count
        while low < high {
            let middle = (low + high) / 2
            if units[middle].code < area { low = middle + 1 } else { high = middle }
        }
        var end = low
        while end < units.count, area.contains(units[end].code) { end += 1 }
        return units[low..<end]
    }

    /// The next level below `levelIndex` that work goes through.
    package func workLevel(below levelIndex: Int) -> Int? {
        levels.indices.first { $0 > levelIndex && levels[$0].receivesWork }
    }

    /// The index of the work level with a role, nil when no level that receives work has it.
    package func workLevel(role: String) -> Int? {
        levels.indices.last { levels[$0].role == role && levels[$0].receivesWork }
    }

    /// The posts that the holder of an assignment over `area` passes it to: those of the next work level inside the area.
    package func posts(below post: PostAddress, in area: UnitCode) -> [PostAddress] {
        guard let level = level(of: post), let index = levels.firstIndex(of: level),
            let next = workLevel(below: index)
        else { return [] }
        return units(in: area).filter { $0.levelIndex == next }.map(\.post)
    }
}
