//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore

/// A node of an order's tree as a page shows it; names as in `node.mustache`.
///
/// What a node may lack is a list of one or none: a template that calls itself would take a value that is nil from the
/// node around it.
struct NodeView: Sendable {
    /// How much of a tree a page has; beyond it branches are pages of their own.
    static let largestTree = 1_500

    struct Tag: Sendable {
        let tagKind: String
        let tagText: String
    }

    struct Link: Sendable {
        let nodeLink: String
        let nodeLinkText: String
    }

    let nodeID: String
    let nodeLight: String
    let nodeLightText: String
    let nodeName: String
    let tags: [Tag]
    let links: [Link]
    let isBranch: Bool
    let isOpen: Bool
    let children: [NodeView]

    /// - Parameters:
    ///   - depth: How many levels are shown below this node.
    ///   - opens: How many levels of it are unfolded at first.
    init(_ node: OrderTree.Node, _ access: Access, _ time: OfficeTime, depth: Int, opens: Int) {
        let texts = time.texts
        nodeID = "n-" + (node.assignment?.id.text ?? node.post.text)
        nodeLight = node.light.rawValue
        nodeLightText = node.light == .none ? "" : texts("light", of: node.light.rawValue)
        nodeName = texts.post(node.post, in: access.organization)
        tags = Self.tags(node, access, texts)
        isBranch = !node.children.isEmpty && depth > 0
        isOpen = opens > 0
        var links: [Link] = []
        if let id = node.assignment?.id {
            if !node.children.isEmpty, !isBranch {
                let text = texts("nodeBranch", ["count": "\(node.size - 1)"])
                links.append(Link(nodeLink: ConsoleAddress.branch(id), nodeLinkText: text))
            }
            let link = PageAddress.item(id, from: ConsoleAddress.order(id.order))
            links.append(Link(nodeLink: link, nodeLinkText: texts("nodeOpen")))
            links.append(Link(nodeLink: ConsoleAddress.slip(id), nodeLinkText: texts("nodePrint")))
        }
        self.links = links
        children =
            isBranch ? node.children.map { NodeView($0, access, time, depth: depth - 1, opens: opens - 1) } : []
    }

    private static func tags(_ node: OrderTree.Node, _ access: Access, _ texts: Catalogue) -> [Tag] {
        var tags: [Tag] = []
        if let state = node.assignment?.state {
            tags.append(Tag(tagKind: "state \(state.rawValue)", tagText: texts("state", of: state.rawValue)))
        }
        if !node.children.isEmpty {
            let (done, total) = (node.counts.states.completed, node.counts.total)
            let counts = texts("nodeCounts", ["done": "\(done)", "total": "\(total)"])
            tags.append(Tag(tagKind: "counts", tagText: counts))
            for state in [AssignmentState.issued, .escalated] where node.counts.states[state] > 0 {
                let count = "\(node.counts.states[state])"
                let text = texts("nodeStates", ["state": texts("state", of: state.rawValue), "count": count])
                tags.append(Tag(tagKind: "counts", tagText: text))
            }
            if node.counts.overdue > 0 {
                tags.append(Tag(tagKind: "late", tagText: texts("nodeLate", ["count": "\(node.counts.overdue)"])))
            }
        }
        if let waiting = node.assignment?.waitingOn, waiting != node.post {
            let post = texts.post(waiting, for: access)
            tags.append(Tag(tagKind: "waits", tagText: texts("waitsFor", ["post": post])))
        }
        return tags
    }

    /// The nodes of a tree, as many levels as fit a page.
    static func all(_ tree: OrderTree, _ access: Access, _ time: OfficeTime) -> [NodeView] {
        let size = tree.top.reduce(0) { $0 + $1.size }
        // Offices and their cells, where not all fits.
        let cut = tree.top.contains { $0.assignment == nil } ? 1 : 0
        let opens = size <= 40 ? Organization.maximumLevels : tree.top.count <= 20 && size <= 400 ? 1 : 0
        return tree.top.map {
            NodeView($0, access, time, depth: size <= largestTree ? Organization.maximumLevels : cut, opens: opens)
        }
    }
}
