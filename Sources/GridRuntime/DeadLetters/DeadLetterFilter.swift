//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
import GridStore

/// Picks dead letters; what is nil or empty picks all.
package struct DeadLetterFilter: Sendable, Hashable {
    /// The kinds of problems, the last part of their type.
    package var reasons: Set<String>
    /// The mailbox it came off or was going to, or the beginning of its routing key: a cell's words, or a post's.
    package var mailbox: String?
    /// Dead, or sent where the time of death is not known, at this time at the latest.
    package var until: Instant?
    /// Likewise, at this time at the earliest.
    package var from: Instant?

    /// Creates a filter.
    package init(reasons: Set<String> = [], mailbox: String? = nil, until: Instant? = nil, from: Instant? = nil) {
        self.reasons = reasons
        self.mailbox = mailbox
        self.until = until
        self.from = from
    }

    /// Whether a letter is picked; one whose age is not known is not picked by age.
    package func picks(_ letter: DeadLetter) -> Bool {
        if !reasons.isEmpty, !reasons.contains(letter.problem.kind) { return false }
        if let mailbox, letter.origin != mailbox, !letter.message.routingKey.hasPrefix("\(mailbox).") { return false }
        if let until {
            guard let since = letter.since, since <= until else { return false }
        }
        if let from {
            guard let since = letter.since, since >= from else { return false }
        }
        return true
    }
}
