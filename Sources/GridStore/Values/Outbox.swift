//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// The right of one process to send some rows of the outbox, until an instant.
package struct OutboxLease: Sendable, Hashable {
    /// Names the process and its run; never used again by a later run, so that a dead run's rows are recognised.
    package var owner: String
    /// Until when nobody else takes the rows.
    package var until: Instant

    /// Creates a lease.
    package init(owner: String, until: Instant) {
        self.owner = owner
        self.until = until
    }
}

/// A message in the outbox and its number there.
package struct OutboxRow: Sendable, Hashable {
    /// The row's number: grows with every message and never comes back.
    package var id: Int64
    /// The message to send.
    package var message: StoredMessage

    /// Creates a row.
    package init(id: Int64, message: StoredMessage) {
        self.id = id
        self.message = message
    }
}

/// How the outbox stands.
package struct OutboxStatus: Sendable, Hashable {
    /// The number of messages that wait to be sent or confirmed.
    package var count: Int
    /// How many of them a process has leased, whether or not its lease still holds.
    package var leased: Int
    /// When the oldest of them was enqueued; nil when there is none.
    package var oldest: Instant?
}
