//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// A process that serves mailboxes of the state file, as it wrote itself into it.
package struct WorkerProcess: Sendable, Hashable {
    /// Its name, see `ProcessIdentity`.
    package var name: String
    /// Whether it is a node or a worker.
    package var duties: String
    /// The mailboxes it is there for, as JSON.
    package var selection: String
    /// When it began.
    package var startedAt: Instant
    /// When it was last seen.
    package var seenAt: Instant
    /// Whether it is to take no more messages.
    package var isDraining: Bool
    /// Whether it is subscribed to what it is to serve: it has a connection to the broker.
    package var isServing: Bool
    /// The version of the desired state that it has carried out.
    package var applied: Int
    /// The version up to which it has given up everything that is not its own by that version, held messages included:
    /// another process may take that over. ``nothingHeld`` while it is subscribed to nothing.
    package var released: Int
    /// What it measured, as JSON; empty before it has.
    package var report: String

    /// How long a process counts as alive after it was seen, in milliseconds: it tells every five seconds.
    package static let patience: Int64 = 15_000
    /// What ``released`` is while a process is subscribed to nothing, and will not be without having written 0.
    package static let nothingHeld = Int.max

    /// Creates the entry of a process that begins.
    package init(name: String, duties: String, selection: String, startedAt: Instant) {
        self.name = name
        self.duties = duties
        self.selection = selection
        self.startedAt = startedAt
        seenAt = startedAt
        isDraining = false
        isServing = false
        applied = 0
        released = 0
        report = ""
    }

    /// Whether it was seen lately. A clock that was set back makes nobody dead.
    package func wasSeenLately(at now: Instant) -> Bool {
        now.milliseconds - seenAt.milliseconds <= Self.patience
    }

    init(row: ResultRow) throws {
        name = try row.text(0)
        duties = try row.text(1)
        selection = try row.text(2)
        startedAt = try row.instant(3)
        seenAt = try row.instant(4)
        isDraining = try row.flag(5)
        isServing = try row.flag(6)
        applied = Int(try row.integer(7))
        report = try row.text(8)
        released = Int(try row.integer(9))
    }
}
