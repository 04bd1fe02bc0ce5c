//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB

/// The SQLite connection that a reader or a transaction works on, for as long as its closure runs.
package struct StoreConnection {
    let db: Database
    let orders: OrderCache
}

/// The prepared statements: each SQL text is compiled once per connection, bound by position and read by index.
extension StoreConnection {
    /// Executes a statement that returns no rows.
    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try StoreError.wrapping {
            try db.cachedStatement(sql: sql).execute(arguments: arguments)
        }
    }

    /// Reads every row of a query; `decode` must not run the same query.
    func all<T>(_ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> T) throws -> [T] {
        try StoreError.wrapping {
            let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            var values: [T] = []
            while let row = try cursor.next() {
                try values.append(decode(row))
            }
            return values
        }
    }

    /// Reads the first row of a query; nil when there is none.
    func first<T>(_ sql: String, _ arguments: StatementArguments, _ decode: (Row) throws -> T) throws -> T? {
        try StoreError.wrapping {
            let cursor = try Row.fetchCursor(db.cachedStatement(sql: sql), arguments: arguments)
            return try cursor.next().map(decode)
        }
    }

    /// Reads the one number that a query such as `count(*)` always returns.
    func number(_ sql: String, _ arguments: StatementArguments) throws -> Int {
        try first(sql, arguments) { try Int($0.integer(0)) } ?? 0
    }
}

/// What can be asked of the state file; a reader and a transaction offer the same questions.
///
/// All answers of one reader, or of one transaction, are of the same moment.
package protocol StoreQueries {
    /// The connection the questions go to.
    var connection: StoreConnection { get }
}

/// Asks the state file, seeing it as it was when the read began.
package struct StoreReader: StoreQueries {
    package let connection: StoreConnection
}

/// Changes the state file: all of it, or nothing.
package struct StoreTransaction: StoreQueries {
    package let connection: StoreConnection
}
