//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How many of an assignment's legs are in each state, as far as its holder has heard.
package struct LegCounts: Hashable, Sendable, Codable {
    /// Legs in the inbox of their posts.
    package var issued = 0
    /// Legs acknowledged.
    package var accepted = 0
    /// Legs waiting for the holder's sign-off.
    package var submitted = 0
    /// Legs waiting for a superior's answer.
    package var escalated = 0
    /// Legs done.
    package var completed = 0
    /// Legs given back and not yet settled by the holder.
    package var returned = 0
    /// Legs taken back or reassigned.
    package var recalled = 0

    /// Creates counts of zero.
    package init() {}

    /// The number of legs in a state.
    package subscript(_ state: AssignmentState) -> Int {
        get {
            switch state {
            case .issued: issued
            case .accepted: accepted
            case .submitted: submitted
            case .escalated: escalated
            case .completed: completed
            case .returned: returned
            case .recalled: recalled
            }
        }
        set {
            switch state {
            case .issued: issued = newValue
            case .accepted: accepted = newValue
            case .submitted: submitted = newValue
            case .escalated: escalated = newValue
            case .completed: completed = newValue
            case .returned: returned = newValue
            case .recalled: recalled = newValue
            }
        }
    }

    /// All legs ever issued; also the last ordinal handed out.
    package var total: Int { working + completed + returned + recalled }

    /// Legs that somebody below still works on.
    package var working: Int { issued + accepted + submitted + escalated }

    /// Legs that keep the assignment from being summed up: those below, and those given back and not settled.
    package var open: Int { working + returned }
}
