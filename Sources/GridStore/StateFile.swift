//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import Synchronization

/// A node's state file: the one place where the truth is.
///
/// Several processes may open the same file. Writers take turns, one transaction at a time; readers wait for nobody and
/// see the file as it was when their read began. A transaction that has returned is on the disk.
package final class StateFile: Sendable {
    /// Where the file is, as it was given.
    package let path: String

    /// The files that are attached to assignments.
    package let files: FileFolder

    /// The history of orders that were over long ago.
    package let archive: Archive

    let pool: DatabasePool
    let orders = OrderCache()
    let watcher: ChangeWatcher
    private let checkpointer: Checkpointer
    private let closing = Atomic(false)

    init(path: String, pool: DatabasePool, checkpointer: Checkpointer) {
        self.path = path
        self.checkpointer = checkpointer
        self.files = FileFolder(of: path)
        self.archive = Archive(ofStateFileAt: path)
        self.pool = pool
        self.watcher = ChangeWatcher(path: path)
    }

    /// Whether `close()` was called.
    var isClosed: Bool { closing.load(ordering: .acquiring) }

    /// Closes the file; `changes()` sequences end, and every later call throws `StoreError` with the code `closed`.
    ///
    /// Waits for reads and writes that are under way. Closing twice is harmless.
    ///
    /// - Throws: `StoreError` when SQLite cannot close it.
    package func close() throws {
        guard !closing.exchange(true, ordering: .acquiringAndReleasing) else { return }
        watcher.stop()
        try StoreError.wrapping {
            // The last connection to be closed leaves no log behind; this is the writer's then.
            let stopped = Result { try checkpointer.stop() }
            try pool.close()
            try stopped.get()
        }
    }
}
