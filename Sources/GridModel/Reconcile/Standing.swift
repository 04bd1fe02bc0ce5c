//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How far an assignment is, as somebody knows it: its holder, or an issuer who has heard of it.
package struct Standing: Hashable, Sendable, Codable {
    /// The state.
    package var state: AssignmentState
    /// The holder's revision that goes with it.
    package var revision: Int

    /// Creates a standing.
    package init(state: AssignmentState, revision: Int) {
        self.state = state
        self.revision = revision
    }

    /// Whether an issuer who knows this, and a holder who stands at `holder`, have nothing left to tell each other.
    ///
    /// What the issuer decides (a sign-off, a rework, a recall) raises the holder's revision and is not reported, so a
    /// holder that is ahead in the same state agrees; but a sign-off names the revision it is about, so what was
    /// submitted must agree in that too. A holder that is behind never agrees: its next report would look overtaken.
    package func agrees(with holder: Standing) -> Bool {
        if state.isFinal, holder.state.isFinal {
            // Whatever ended it, it has ended; only a completion that crossed a recall is still a completion.
            return state != .recalled || holder.state != .completed || holder.revision <= revision
        }
        guard state == holder.state else { return false }
        return holder.revision == revision || (holder.revision > revision && state != .submitted)
    }

    /// Whether this is an issuer's who asked for rework of what `holder` has submitted: nothing else takes a submission
    /// back without a report of a later revision.
    package func asksForRework(of holder: Standing) -> Bool {
        state == .accepted && holder.state == .submitted && holder.revision == revision
    }
}

extension Leg {
    /// What its issuer knows.
    package var standing: Standing { Standing(state: state, revision: revision) }
}

extension Assignment {
    /// Where it stands on its holder's page.
    package var standing: Standing { Standing(state: state, revision: revision) }

    /// The report that tells the issuer where the assignment stands, whatever of its earlier reports was lost.
    package var restatement: MailBody {
        let body = ReportBody(state: state, revision: revision)
        return switch state {
        case .accepted: .acknowledged(body)
        case .submitted: .submitted(body)
        case .completed: .completed(body)
        case .returned: .returned(body)
        case .recalled: .takenOver(body)
        // Progress is reported in the state it was made in, so it tells of a state that has no report of its own.
        case .issued, .escalated: .progressed(body)
        }
    }
}
