//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Some of a node's mailboxes: those of an area, of a role, or of both.
package struct MailboxScope: Hashable, Sendable {
    /// The unit whose mailboxes are meant, with all inside it; nil for everywhere.
    package var area: UnitCode?
    /// The role whose mailboxes are meant; nil for every role.
    package var role: String?

    /// Creates a scope; without arguments, of everything.
    package init(area: UnitCode? = nil, role: String? = nil) {
        self.area = area
        self.role = role
    }

    /// Whether a mailbox is meant.
    package func contains(_ mailbox: Mailbox) -> Bool {
        (area?.contains(mailbox.code) ?? true) && (role.map { $0 == mailbox.role } ?? true)
    }

    /// Whether all that `other` means is meant here, too.
    package func contains(_ other: MailboxScope) -> Bool {
        let isWiderArea = area.map { area in other.area.map(area.contains) ?? false } ?? true
        return isWiderArea && (role == nil || role == other.role)
    }
}
