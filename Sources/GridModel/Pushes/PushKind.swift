//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What a push tells the holder of a post.
package enum PushKind: String, Sendable, Codable, CaseIterable {
    /// An assignment arrived.
    case issued
    /// The issuer wants it done again.
    case reworkRequested
    /// It was taken back.
    case recalled
    /// Somebody above waits for it.
    case urged
    /// Four fifths of a limit are over.
    case dueSoon
    /// A limit is over.
    case overdue
    /// The superior answered.
    case answered
    /// An escalation waits for an answer.
    case escalationToAnswer
    /// A leg was given back, to be reassigned, recalled or done.
    case returned
    /// A leg was handed in, to be signed off.
    case submitted
    /// Every leg is in, to be summed up.
    case offered
    /// Nothing happened: somebody tries the way.
    case trial
}
