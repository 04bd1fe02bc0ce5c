//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB

extension StoreTransaction {
    /// Runs `body` so that it can fail alone: when it throws, its changes are undone and those before it stay.
    ///
    /// A `StoreError` thrown here is about the file, not about the message that was handled: the transaction is to be
    /// given up. SQLite may have rolled it back already, on a full disk for instance; every later call then throws.
    ///
    /// - Throws: what `body` throws.
    package func savepoint<R>(_ body: () throws -> R) throws -> R {
        let db = connection.db
        // A savepoint outside a transaction would begin one of its own, and commit it.
        guard db.isInsideTransaction else {
            throw StoreError(.unexpected, "The transaction was rolled back by an earlier error; begin a new one.")
        }
        try connection.run("SAVEPOINT message", [])
        do {
            let result = try body()
            try connection.run("RELEASE message", [])
            return result
        } catch {
            if db.isInsideTransaction {
                try connection.run("ROLLBACK TO message", [])
                try connection.run("RELEASE message", [])
            }
            throw error
        }
    }
}
