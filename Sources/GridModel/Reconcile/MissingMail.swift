//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A mail that has to be sent again: two pages disagree, and it was lost or one of the pages is an older copy.
package struct MissingMail: Hashable, Sendable {
    /// The post that sends it.
    package var source: PostAddress
    /// The post it is for.
    package var target: PostAddress
    /// The assignment it is about.
    package var assignment: AssignmentID
    /// What it says.
    package var body: MailBody

    /// The mail itself, under an identifier that no mail had before: whoever has handled the lost one recognises by its
    /// page, not by its identifier, that there is nothing left to do.
    ///
    /// - Parameters:
    ///   - round: The round of comparing that found it missing.
    ///   - position: Which it is among those of the round, from 1.
    ///   - now: When it is sent.
    package func mail(in round: ReconcileRound, at position: Int, now: Instant) -> Mail {
        Mail(
            id: round.id.derived(position),
            source: source,
            target: target,
            assignment: assignment,
            time: now,
            body: body
        )
    }
}

/// One round of comparing pages; names what it sends.
package struct ReconcileRound: Hashable, Sendable {
    /// The identifier that those of the round's mail begin with.
    package let id: MessageID

    /// Names a round; returns nil unless `name` is 1 to 80 printable ASCII characters without spaces.
    ///
    /// - Parameter name: Never used before, on whichever node: receivers take a known identifier for a repetition.
    package init?(_ name: String) {
        guard let id = MessageID("reconcile:\(name)"), id.text.utf8.count <= 90 else { return nil }
        self.id = id
    }
}
