//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The organization file as written, before anything in it is believed.
///
/// Every field is optional, so that a file with a missing field is still read whole and all its errors are listed at
/// once. `schemas/organization.schema.json` describes a complete one.
package struct OrganizationDocument: Sendable, Codable, Hashable {
    /// The organization's name.
    package var name: String?
    /// Its levels, from the top.
    package var levels: [LevelEntry]?
    /// Its units in any order.
    package var units: [UnitEntry]?

    /// A level as written.
    package struct LevelEntry: Sendable, Codable, Hashable {
        package var name: String?
        package var title: String?
        package var codeLength: Int?
        package var role: String?
        package var roleTitle: String?
        package var mailbox: String?
        package var receivesWork: Bool?

        /// Creates an entry.
        package init(
            name: String?,
            title: String?,
            codeLength: Int?,
            role: String?,
            roleTitle: String?,
            mailbox: String?,
            receivesWork: Bool?
        ) {
            self.name = name
            self.title = title
            self.codeLength = codeLength
            self.role = role
            self.roleTitle = roleTitle
            self.mailbox = mailbox
            self.receivesWork = receivesWork
        }
    }

    /// A unit as written.
    package struct UnitEntry: Sendable, Codable, Hashable {
        package var code: String?
        package var name: String?
        package var holder: String?
        package var superior: String?

        /// Creates an entry.
        package init(code: String?, name: String?, holder: String?, superior: String? = nil) {
            self.code = code
            self.name = name
            self.holder = holder
            self.superior = superior
        }
    }

    /// Creates a document.
    package init(name: String?, levels: [LevelEntry]?, units: [UnitEntry]?) {
        self.name = name
        self.levels = levels
        self.units = units
    }
}
