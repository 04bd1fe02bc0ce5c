//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// An escalated assignment on its holder's page beside the newest escalation of it on the page of the superior whose
/// answer it awaits.
package struct EscalatedPair: Hashable, Sendable {
    /// The assignment.
    package var holder: Assignment
    /// The escalation; nil when it is not in this state file.
    package var escalation: Escalation?
    /// The work order's title.
    package var title: String
    /// Why the holder escalated, as its history has it.
    package var reason: String
    /// Whether the clock did it.
    package var byClock: Bool

    /// Creates a pair.
    package init(holder: Assignment, escalation: Escalation?, title: String, reason: String, byClock: Bool) {
        self.holder = holder
        self.escalation = escalation
        self.title = title
        self.reason = reason
        self.byClock = byClock
    }

    /// The mail that brings the two to agree: the escalation that never arrived, or the answer to it that never came
    /// back; nil when they do.
    package var missing: MissingMail? {
        guard holder.state == .escalated, let superior = holder.escalatedTo else { return nil }
        guard let escalation, escalation.revision >= holder.revision else {
            let body = EscalatedBody(
                holder: holder.post,
                superior: superior,
                rung: max(1, holder.rung),
                revision: holder.revision,
                title: title,
                reason: reason,
                byClock: byClock,
                dueAt: holder.dueAt
            )
            return MissingMail(source: holder.post, target: superior, assignment: holder.id, body: .escalated(body))
        }
        guard escalation.revision == holder.revision, escalation.rung == holder.rung else { return nil }
        return escalation.missingAnswer
    }

    /// A reason and what a superior adds to it, the first cut short where together they are longer than a note may be:
    /// the last word counts.
    package static func joined(_ first: String, _ last: String) -> String {
        let room = max(0, maximumNoteLength - last.unicodeScalars.count - 1)
        guard first.unicodeScalars.count > room else { return first + last }
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: first.unicodeScalars.prefix(room))
        return String(String(kept) + "…" + last)
    }
}

extension Escalation {
    /// The answer once more, for a holder who has not got it; nil where none was given, or a version before this one
    /// took it down without its words.
    package var missingAnswer: MissingMail? {
        guard state == .answered || state == .passedUp, let answer else { return nil }
        return MissingMail(
            source: superior,
            target: holder,
            assignment: assignment,
            body: .escalationAnswered(answer)
        )
    }

    /// The withdrawal once more, of an escalation that is still open at the superior; nil when `assignment` still waits
    /// for that answer.
    ///
    /// - Parameter assignment: The assignment on its holder's page.
    package func missingWithdrawal(by assignment: Assignment) -> MissingMail? {
        guard state == .open, assignment.revision >= revision else { return nil }
        if assignment.revision == revision, assignment.state == .escalated {
            // A higher superior may have been asked before the holder heard of it; a lower one is not asked any more.
            guard assignment.escalatedTo != superior, rung < assignment.rung else { return nil }
        }
        return MissingMail(
            source: assignment.post,
            target: superior,
            assignment: assignment.id,
            body: .escalationWithdrawn(ReplyBody(revision: revision))
        )
    }
}
