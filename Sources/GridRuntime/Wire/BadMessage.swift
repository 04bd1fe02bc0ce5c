//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A message that can never be handled: it does not fit its schema. It is dead-lettered with this reason.
package struct BadMessage: Error, Hashable, CustomStringConvertible {
    /// What is wrong with it, in a sentence that quotes nothing of its body.
    package let reason: String

    /// Creates the error.
    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { reason }
}
