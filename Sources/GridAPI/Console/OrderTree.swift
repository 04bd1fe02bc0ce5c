//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// An order's assignments as a tree of which somebody sees a part, those that one office supervises put together.
struct OrderTree: Sendable {
    /// A place in the tree: an assignment, or an office with those below it.
    struct Node: Sendable {
        let post: PostAddress
        /// Nil for an office that only supervises.
        let assignment: Assignment?
        /// Of this and all below.
        var counts = OrderCounts()
        /// The most pressing light of this and all below.
        var light = AssignmentView.Light.none
        var children: [Node] = []

        /// How many nodes there are, this one included.
        var size: Int { children.reduce(1) { $0 + $1.size } }
    }

    /// The nodes at the top: the root's legs, or what somebody sees of the tree.
    let top: [Node]

    /// - Parameters:
    ///   - assignments: Those that she sees, each before those below it.
    ///   - root: The order's own assignment, which is the tree itself and no node of it.
    init(_ assignments: [Assignment], root: AssignmentID, in organization: Organization, at now: Instant) {
        let known = Set(assignments.map(\.id))
        var below: [AssignmentID: [Assignment]] = [:]
        var first: [Assignment] = []
        for assignment in assignments where assignment.id != root {
            var parent = assignment.id.parent
            while let id = parent, id == root || !known.contains(id) { parent = id.parent }
            if let parent { below[parent, default: []].append(assignment) } else { first.append(assignment) }
        }
        let issuer = assignments.first { $0.id == root }?.post
        top = Self.supervised(first.map { Self.node($0, below, now) }, by: organization, except: issuer)
    }

    private static func node(_ assignment: Assignment, _ below: [AssignmentID: [Assignment]], _ now: Instant) -> Node {
        let view = AssignmentView(assignment, title: nil, now: now)
        var node = Node(post: assignment.post, assignment: assignment)
        node.counts.states[assignment.state] = 1
        node.counts.overdue = assignment.isOverdue(at: now) ? 1 : 0
        // What is handed in waits for its issuer, and is late for nobody.
        node.light = assignment.state == .submitted ? .none : view.light
        node.children = (below[assignment.id] ?? []).map { Self.node($0, below, now) }.sorted { $0.post < $1.post }
        for child in node.children { node.add(child) }
        return node
    }

    /// Puts the nodes that one office supervises below it, unless the office is the order's issuer, or itself a node.
    private static func supervised(
        _ nodes: [Node],
        by organization: Organization,
        except issuer: PostAddress?
    ) -> [Node] {
        let posts = Set(nodes.map(\.post))
        var offices: [PostAddress: Node] = [:]
        var rest: [Node] = []
        for node in nodes {
            guard let superior = organization.superior(of: node.post), superior != issuer, !posts.contains(superior),
                let level = organization.level(of: superior), !level.receivesWork
            else {
                rest.append(node)
                continue
            }
            var office = offices[superior] ?? Node(post: superior, assignment: nil)
            office.children.append(node)
            office.add(node)
            offices[superior] = office
        }
        for post in offices.keys { offices[post]?.children.sort { $0.post < $1.post } }
        return (rest + offices.values).sorted { $0.post < $1.post }
    }
}

extension OrderTree.Node {
    /// Counts what is below.
    fileprivate mutating func add(_ child: OrderTree.Node) {
        for state in AssignmentState.allCases { counts.states[state] += child.counts.states[state] }
        counts.overdue += child.counts.overdue
        light = .worst(light, child.light)
    }
}
