//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
package import GridModel

/// Reads an organization file.
package enum OrganizationFile {
    /// A file that is no organization file at all.
    package struct Unreadable: Error, CustomStringConvertible {
        /// What is wrong and where.
        package let description: String
    }

    /// Reads and checks a file's bytes.
    ///
    /// - Throws: `Unreadable` when it is not JSON of the right shape, `OrganizationError` with every finding when its
    ///   content does not hold.
    package static func organization(from bytes: [UInt8]) throws -> Organization {
        let document: OrganizationDocument
        do {
            document = try BodyCoder.decodeFile(OrganizationDocument.self, from: bytes)
        } catch {
            throw Unreadable(description: error.reason)
        }
        return try OrganizationValidator.organization(from: document)
    }
}
