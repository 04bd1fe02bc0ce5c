//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Why a command was refused; the codes are stable and part of the schema.
package enum RefusalReason: String, Sendable, Codable, CaseIterable {
    /// There is no such assignment on this post's page.
    case unknownAssignment
    /// The assignment is another post's.
    case notYours
    /// The assignment's state does not allow it now.
    case wrongState
    /// The assignment is final.
    case alreadyFinal
    /// Legs are still open.
    case legsOpen
    /// The post has nobody above it.
    case noSuperior
    /// A field is missing or does not hold.
    case invalid
}

/// A refused command: the code for programs, the sentence for people.
package struct Refusal: Hashable, Sendable, Error, CustomStringConvertible {
    /// The code.
    package let reason: RefusalReason
    /// What was refused, why, and what to do instead.
    package let detail: String

    /// Creates a refusal.
    package init(_ reason: RefusalReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    package var description: String { detail }
}
