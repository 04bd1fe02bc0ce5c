//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Where an assignment stands. Overdue is never a state: it is computed from the clock.
package enum AssignmentState: String, Sendable, Codable, CaseIterable {
    /// In the post's inbox (下达).
    case issued
    /// A person acknowledged it (签收).
    case accepted
    /// Done, waiting for the issuer's sign-off.
    case submitted
    /// Waiting for the superior's answer (上报).
    case escalated
    /// Done (办结). Final.
    case completed
    /// Given back to the issuer (退回). Final for its holder; the issuer still has to settle it.
    case returned
    /// Taken back (撤回). Final.
    case recalled

    /// Whether nothing changes the assignment any more.
    package var isFinal: Bool {
        switch self {
        case .completed, .returned, .recalled: true
        case .issued, .accepted, .submitted, .escalated: false
        }
    }
}
