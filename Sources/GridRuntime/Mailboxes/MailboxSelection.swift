//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Which mailboxes a process serves.
package struct MailboxSelection: Sendable, Hashable, Codable {
    /// The areas whose mailboxes are served; empty means the whole organization.
    package var areas: [UnitCode]
    /// The areas inside those that other nodes host.
    package var except: [UnitCode]
    /// The roles served; empty means all.
    package var roles: Set<String>

    /// Creates a selection; without arguments, of everything.
    package init(areas: [UnitCode] = [], except: [UnitCode] = [], roles: Set<String> = []) {
        self.areas = areas
        self.except = except
        self.roles = roles
    }

    /// The mailboxes selected, sorted by name.
    package func mailboxes(in organization: Organization) -> [Mailbox] {
        let areas = areas.isEmpty ? [organization.top?.code].compactMap(\.self) : areas
        return organization.mailboxes(in: areas).filter { mailbox in
            (roles.isEmpty || roles.contains(mailbox.role)) && !except.contains { $0.contains(mailbox.code) }
        }
    }

    /// Whether no other node hosts a part of the organization.
    var isEverywhere: Bool { areas.isEmpty && except.isEmpty }

    /// Whether a post's page belongs into the state file of who serves these mailboxes: areas are divided among nodes, roles
    /// among processes that share a file.
    func covers(_ post: PostAddress) -> Bool {
        (areas.isEmpty || areas.contains { $0.contains(post.code) }) && !except.contains { $0.contains(post.code) }
    }
}
