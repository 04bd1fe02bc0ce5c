//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
package import GridStore

/// How many assignments there are, in all, in each state, and overdue.
package struct CountsView: Encodable, Hashable, Sendable {
    /// The counts.
    package let counts: OrderCounts

    /// Tells counts.
    package init(counts: OrderCounts) {
        self.counts = counts
    }

    private enum CodingKeys: String, CodingKey {
        case total, overdue
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(counts.total, forKey: .total)
        try container.encode(counts.overdue, forKey: .overdue)
        try counts.states.encode(to: encoder)
    }

    /// The counts in words, states without assignments left out.
    package var line: String {
        let states = AssignmentState.allCases.filter { counts.states[$0] > 0 }
            .map { "\($0.rawValue) \(counts.states[$0])" }
        let late = counts.overdue > 0 ? ["overdue \(counts.overdue)"] : []
        return (["total \(counts.total)"] + states + late).joined(separator: ", ")
    }
}
