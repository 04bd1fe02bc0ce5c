//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore
import Synchronization

/// Where the mailbox loop and the relay of one process meet: rows just committed are handed over in memory, and rows
/// the broker confirmed are handed back for deletion in the next transaction.
///
/// The state file has everything; this only saves reading back what was written a moment ago and a commit for each
/// deletion. Bounded: when the relay cannot keep up, rows stay in the file without a lease until it claims them.
package final class Outbox: Sendable {
    /// How long a lease lasts. A publish is given up well before, so that nobody else sends the row meanwhile.
    package static let leaseMilliseconds: Int64 = 30_000
    /// The most rows kept in memory.
    static let capacity = 4_000

    /// The owner named in this process's leases.
    package let owner: String
    private let state = Mutex(State())
    /// Tells the relay that there may be something to send.
    let signal = Signal()
    /// Tells the relay that there is something to delete.
    let confirmation = Signal()

    private struct State {
        var isOpen = false
        var ready: [OutboxRow] = []
        var confirmed: [Int64] = []
        /// How often confirmed rows were taken along.
        var timesTaken = 0
        var mayHaveUnclaimed = true
    }

    /// Creates the outbox of a process.
    package init(owner: ProcessIdentity) {
        self.owner = owner.description
    }

    /// The lease for rows about to be written; nil when the relay has no room, so that they wait in the file.
    package func lease(at now: Instant) -> OutboxLease? {
        state.withLock { state in
            guard state.isOpen, state.ready.count < Self.capacity else { return nil }
            return OutboxLease(owner: owner, until: now.adding(milliseconds: Self.leaseMilliseconds))
        }
    }

    /// Hands over rows that were committed, leased or not.
    package func handOver(_ rows: [OutboxRow], leased: Bool) {
        guard !rows.isEmpty else { return }
        state.withLock { state in
            // A relay that lost its broker in between has given its leases back and will claim the rows again.
            if leased, state.isOpen { state.ready += rows } else { state.mayHaveUnclaimed = true }
        }
        signal.notify()
    }

    /// Tells that another process may have written rows.
    package func somethingChanged() {
        state.withLock { $0.mayHaveUnclaimed = true }
        signal.notify()
    }

    /// Takes the rows that the broker confirmed, to be deleted in the transaction that is about to be written.
    package func takeConfirmed() -> [Int64] {
        state.withLock { state in
            state.timesTaken += 1
            defer { state.confirmed = [] }
            return state.confirmed
        }
    }

    /// Puts confirmed rows (back) to be deleted by a later transaction.
    package func putConfirmed(_ ids: [Int64]) {
        guard !ids.isEmpty else { return }
        state.withLock { $0.confirmed += ids }
        confirmation.notify()
    }

    // MARK: For the relay

    /// Whether rows that the broker confirmed wait to be deleted.
    package var hasConfirmed: Bool { state.withLock { !$0.confirmed.isEmpty } }

    /// How often confirmed rows were taken, by whatever transaction.
    var timesTaken: Int { state.withLock(\.timesTaken) }

    /// Begins to take rows that are handed over: the relay has a connection.
    package func open() {
        state.withLock { state in
            state.isOpen = true
            state.ready = []
            state.mayHaveUnclaimed = true
        }
    }

    /// Takes no rows any more: the relay has lost its connection, and claims them when it has another.
    package func close() {
        state.withLock { state in
            state.isOpen = false
            state.ready = []
            state.mayHaveUnclaimed = true
        }
    }

    /// Takes up to `limit` rows that are ready in memory.
    package func takeReady(_ limit: Int) -> [OutboxRow] {
        state.withLock { state in
            let rows = Array(state.ready.prefix(limit))
            state.ready.removeFirst(rows.count)
            return rows
        }
    }

    /// Whether the file may hold rows that nobody leases; asking clears the mark.
    package func takeUnclaimedMark() -> Bool {
        state.withLock { state in
            defer { state.mayHaveUnclaimed = false }
            return state.mayHaveUnclaimed
        }
    }

    /// Has the file searched for rows that nobody leases.
    package func setUnclaimedMark() {
        state.withLock { $0.mayHaveUnclaimed = true }
    }
}
