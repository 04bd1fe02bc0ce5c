//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// One thing wrong with an organization file.
package struct OrganizationFinding: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What kind of error it is.
    package enum Kind: String, Sendable, Codable {
        case missing, badValue, duplicateLevel, wrongLength, unknownParent, duplicateCode, noHolder
        case unknownSuperior, superiorCycle, noTop, severalTops
    }

    /// The kind.
    package let kind: Kind
    /// The place in the file, a JSON Pointer (RFC 6901) such as `/units/17/code`.
    package let pointer: String
    /// What is wrong and what to do about it.
    package let message: String

    package var description: String { "\(pointer): \(message)" }
}

/// An organization file was refused; every error found is listed.
package struct OrganizationError: Error, CustomStringConvertible {
    /// The errors, in the order of the file.
    package let findings: [OrganizationFinding]

    package var description: String {
        findings.map(\.description).joined(separator: "\n")
    }
}
