//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Which of the processes that are there for a mailbox takes its messages: exactly one, so that they stay in order.
enum MailboxHolder {
    /// A process that could hold a mailbox.
    struct Candidate: Sendable, Hashable {
        let name: String
        /// How many mailboxes it is there for.
        let breadth: Int
    }

    /// Picks the holder.
    ///
    /// Every process reckons for itself and all come to the same. Who is there for the fewest mailboxes comes first: a worker
    /// that was started for a hot cell takes it from the node that serves all. Among equals chance alone decides, mailbox by
    /// mailbox, so that they spread evenly. The pick is the least by an order that does not depend on who else is there: when a
    /// process comes, it takes some mailboxes and no other moves, and when one goes, only what it had does. So two processes
    /// that both count each other in never both take themselves for the holder, though they may differ about a third.
    ///
    /// - Parameter candidates: In any order; nobody holds a mailbox where there are none.
    static func name(of mailbox: String, among candidates: [Candidate]) -> String? {
        guard candidates.count > 1 else { return candidates.first?.name }
        return candidates.min { key($0, mailbox) < key($1, mailbox) }?.name
    }

    private static func key(_ candidate: Candidate, _ mailbox: String) -> (Int, UInt64, String) {
        var fingerprint = Fingerprint()
        fingerprint.add(candidate.name)
        fingerprint.add(mailbox)
        return (candidate.breadth, fingerprint.value, candidate.name)
    }
}
