//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import GridTerminal

/// The tree of an order, folded: one line for each unit that work went to, down to a level, with what is below it
/// counted.
struct OrderTree {
    /// A unit with the assignments about it and what lies inside it.
    struct Node: Encodable {
        let code: UnitCode
        let name: String
        let depth: Int
        var completed: Int
        var open: Int
        var settled: Int
        var overdue: Int

        var total: Int { completed + open + settled }
    }

    let nodes: [Node]

    /// Folds assignments by the units of the levels above `levels`.
    ///
    /// - Parameter levels: How many levels of the organization are shown.
    init(_ assignments: [Assignment], in organization: Organization, levels: Int, now: Instant) {
        var byCode: [UnitCode: Node] = [:]
        let shown = organization.levels.prefix(levels)
        for assignment in assignments {
            for (depth, level) in shown.enumerated() {
                guard let code = assignment.area.prefix(level.codeLength) else { continue }
                var node =
                    byCode[code]
                    ?? Node(
                        code: code,
                        name: organization.unit(code)?.name ?? code.digits,
                        depth: depth,
                        completed: 0,
                        open: 0,
                        settled: 0,
                        overdue: 0
                    )
                switch assignment.state {
                case .completed: node.completed += 1
                case .returned, .recalled: node.settled += 1
                case .issued, .accepted, .submitted, .escalated: node.open += 1
                }
                if assignment.isOverdue(at: now) { node.overdue += 1 }
                byCode[code] = node
            }
        }
        nodes = byCode.values.sorted { $0.code < $1.code }
    }

    /// The lines for a terminal.
    var lines: [String] {
        let names = nodes.map { String(repeating: "  ", count: $0.depth) + $0.name }
        let width = names.map(\.displayWidth).max() ?? 0
        return zip(names, nodes).map { name, node in
            let padding = String(repeating: " ", count: width - name.displayWidth)
            var line = "\(name)\(padding)  \(Self.bar(node))  \(node.completed)/\(node.total)"
            if node.settled > 0 { line += "  \(node.settled) returned or recalled" }
            if node.overdue > 0 { line += "  \(node.overdue) overdue" }
            return line
        }
    }

    private static func bar(_ node: Node) -> String {
        let width = 20
        let filled = node.total == 0 ? 0 : (node.completed + node.settled) * width / node.total
        return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    }
}
