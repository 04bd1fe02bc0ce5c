//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridStore
import Synchronization

/// What the broker lost, as one process of a node learns of it.
///
/// Kept in the state file until the pages have been compared: a worker sees its mailbox deleted, but the node compares, and
/// may be another process, or not even running. RabbitMQ tells only the consumers it cannot subscribe to the mailbox again
/// by itself (3.10.8), so of several processes perhaps one.
package final class BrokerLosses: Sendable {
    private let store: StateFile
    private let isUnwritten = Mutex(false)
    private let signal = Signal()

    /// Creates a book of losses that belongs to a state file.
    package init(store: StateFile) {
        self.store = store
    }

    /// Remembers, in this process, that the broker lost a mailbox or everything, until it is written.
    func note() {
        isUnwritten.withLock { $0 = true }
    }

    /// Writes what has been noted into the state file.
    ///
    /// - Throws: `StoreError`; it stays noted then.
    func write() async throws {
        let isNews = isUnwritten.withLock { isUnwritten in
            defer { isUnwritten = false }
            return isUnwritten
        }
        guard isNews else { return }
        do {
            try await store.write { try $0.noteLoss() }
        } catch {
            note()
            throw error
        }
    }

    /// Wakes whoever compares the pages: the file says that something was lost.
    func announce() {
        signal.notify()
    }

    /// Waits until a loss is announced, at most `limit`; returns early when the task is cancelled. One task waits.
    func wait(atMost limit: Duration) async {
        await signal.wait(atMost: limit)
    }
}
