//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A level of the organization: street, community, cell, lane group, liaison point, or whatever the file names.
package struct Level: Hashable, Sendable, Codable {
    /// The level's name, lower case with hyphens; the first part of a mailbox's name.
    package var name: String
    /// The level's title for people, for instance 社区.
    package var title: String
    /// How many digits a code of this level has.
    package var codeLength: Int
    /// The role of the one post a unit of this level has.
    package var role: String
    /// The role's title for people, for instance 片长.
    package var roleTitle: String
    /// The name of the level whose unit keys the mailbox: posts at or below a cell share their cell's queues.
    package var mailbox: String
    /// Whether work goes through this level; a level that only supervises stands in the escalation chain alone.
    package var receivesWork: Bool
}
