//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// What a process measured of the mailboxes that it serves, as it stands in the state file.
package struct WorkerReport: Sendable, Hashable, Codable {
    /// What it measured of one mailbox.
    package struct MailboxLine: Sendable, Hashable, Codable {
        /// The mailbox's name.
        package var mailbox: String
        /// How many workers the process has there.
        package var workers: Int
        /// How many messages each of them may hold.
        package var prefetch: Int
        /// How many messages it holds.
        package var held: Int
        /// How many messages it handled in a minute.
        package var perMinute: Double
        /// The share of the time in which it had one in hand, from 0 to 1.
        package var busy: Double
        /// When the oldest message that it holds was sent, as far as messages say; nil while it holds none.
        package var oldestSentAt: Instant?
    }

    /// The most mailboxes that a report tells of.
    static let mostLines = 500

    /// The mailboxes with something to tell: those with messages, those handled most first, and those that were scaled.
    package var mailboxes: [MailboxLine]
    /// How many mailboxes it serves.
    package var serving: Int
    /// How many messages it holds.
    package var held: Int
    /// How many messages it handled in a minute.
    package var perMinute: Double
    /// The share of the time in which it wrote transactions, from 0 to 1.
    package var busy: Double
    /// For how many seconds it has held messages without handling one of them; nil while it holds none.
    package var stalledSeconds: Int?
}
