//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import Synchronization

extension StateFile {
    /// Runs one transaction: when `body` returns, all of it is on the disk; when it throws, nothing of it is.
    ///
    /// It has the file for itself from the beginning (`BEGIN IMMEDIATE`), so what it reads stays true until it commits.
    /// Cancellation before the transaction's turn throws `CancellationError`. Once `body` has begun, cancellation is
    /// not looked at any more: the call returns only when it is known what became of the transaction, so a caller that
    /// got a result may acknowledge, and one that got an error may not.
    ///
    /// - Throws: what `body` throws; `StoreError`, with the code `busy` when another process held the file for longer
    ///   than the busy timeout.
    package func write<R: Sendable>(_ body: @escaping @Sendable (StoreTransaction) throws -> R) async throws -> R {
        try await onWriter { db in try self.transact(db, body) }
    }

    /// Runs one transaction on the calling thread, which it blocks: for the command line, simulations, and tasks with a thread
    /// of their own.
    ///
    /// - Throws: as `write`.
    package func writeNow<R>(_ body: (StoreTransaction) throws -> R) throws -> R {
        try StoreError.wrapping {
            try pool.writeWithoutTransaction { db in
                try checkOpen()
                return try transact(db, body)
            }
        }
    }

    /// Runs a read; all that `body` asks is answered as of the same moment.
    ///
    /// Cancellation interrupts it.
    ///
    /// - Throws: what `body` throws; `StoreError`; `CancellationError`.
    package func read<R: Sendable>(_ body: @escaping @Sendable (StoreReader) throws -> R) async throws -> R {
        try checkOpen()
        do {
            return try await pool.read { db in try body(StoreReader(connection: self.connection(db))) }
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    /// Runs a read on the calling thread, which it blocks: for the command line only.
    ///
    /// - Throws: as `read`.
    package func readNow<R>(_ body: (StoreReader) throws -> R) throws -> R {
        try checkOpen()
        return try StoreError.wrapping {
            try pool.read { db in try body(StoreReader(connection: connection(db))) }
        }
    }

    /// Asks on the calling thread, which it blocks, through the writer's connection and without a transaction: for
    /// simulations only, in which nobody writes between two questions, so that all are answered as of the same moment.
    ///
    /// - Throws: as `read`.
    package func lookNow<R>(_ body: (StoreReader) throws -> R) throws -> R {
        try StoreError.wrapping {
            try pool.writeWithoutTransaction { db in
                try checkOpen()
                return try body(StoreReader(connection: connection(db)))
            }
        }
    }

    /// A number that changes when another connection, of this or another process, has committed since the last call;
    /// commits of this `StateFile` leave it alone.
    ///
    /// - Throws: `StoreError`; `CancellationError`.
    package func dataVersion() async throws -> Int64 {
        try await onWriter { db in
            try Int64.fetchOne(db.cachedStatement(sql: "PRAGMA data_version")) ?? 0
        }
    }

    /// Runs `body` on the writer's queue.
    ///
    /// Not with GRDB's own asynchronous access, which interrupts on cancellation even a transaction whose commit has
    /// begun.
    private func onWriter<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        let isCancelled = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                pool.asyncWriteWithoutTransaction { db in
                    continuation.resume(
                        with: Result {
                            if isCancelled.isSet {
                                throw CancellationError()
                            }
                            try self.checkOpen()
                            return try StoreError.wrapping { try body(db) }
                        }
                    )
                }
            }
        } onCancel: {
            isCancelled.set()
        }
    }

    private func transact<R>(_ db: Database, _ body: (StoreTransaction) throws -> R) throws -> R {
        let changesBefore = db.totalChangesCount
        let connection = connection(db)
        var result: R?
        try db.inTransaction(.immediate) {
            result = try body(StoreTransaction(connection: connection))
            return .commit
        }
        // A transaction that changed nothing must not ring: whoever wakes up, looks and finds nothing to do would
        // wake the others up again.
        if db.totalChangesCount - changesBefore > connection.memo.silentChanges {
            watcher.ring()
        }
        guard let result else { preconditionFailure("Cannot commit without having run the transaction") }
        return result
    }

    private func connection(_ db: Database) -> StoreConnection {
        StoreConnection(db: db, orders: orders, archive: archive)
    }

    /// The connections are gone after closing, and SQLite must not be asked through them.
    private func checkOpen() throws {
        if isClosed {
            throw StoreError(.closed, "The state file \(path) was closed.")
        }
    }
}

/// A flag that is set once, from any thread.
private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }

    func set() { value.store(true, ordering: .releasing) }
}
