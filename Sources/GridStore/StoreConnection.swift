//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GridModel

/// The SQLite connection that a reader or a transaction works on, for as long as its closure runs.
package struct StoreConnection {
    let db: Database
    let orders: OrderCache
    /// Where the lines of history are that are in the file no longer.
    let archive: Archive
    let memo = TransactionMemo()
    private let prepared: PreparedStatements

    init(db: Database, orders: OrderCache, archive: Archive) {
        self.db = db
        self.orders = orders
        self.archive = archive
        prepared = PreparedStatements(db)
    }
}

/// What one read or transaction has seen or written. Nobody else writes before it ends, so the file is asked once instead
/// of for every message.
final class TransactionMemo {
    /// Assignments as they stand in this transaction.
    var assignments: [AssignmentID: Assignment] = [:]
    /// Orders that are there; an order never changes.
    var orders: [OrderID: WorkOrder] = [:]
    /// Whether any message waits for its assignment; nil when it has to be asked.
    var hasParked: Bool?
    /// How many rows were changed about which nobody is told: no others may be among what the transaction changed for it to
    /// be committed in silence.
    var silentChanges = 0
}

/// The prepared statements: each SQL text is compiled once per connection, bound by position and read by index.
extension StoreConnection {
    /// Executes a statement that returns no rows.
    func run(_ sql: some StatementText, _ bind: (inout Binder) -> Void) throws {
        try StoreError.wrapping { try sql.prepared(by: prepared).run(bind) }
    }

    /// Executes a statement that returns no rows.
    func run(_ sql: some StatementText, _ arguments: [any Bindable]) throws {
        try run(sql) { $0.add(contentsOf: arguments) }
    }

    /// Reads every row of a query; `decode` must not run the same query.
    func all<T>(
        _ sql: some StatementText,
        _ arguments: [any Bindable],
        _ decode: (ResultRow) throws -> T
    ) throws -> [T] {
        var values: [T] = []
        try StoreError.wrapping {
            try sql.prepared(by: prepared).run({ $0.add(contentsOf: arguments) }) { row in
                values.append(try decode(row))
                return true
            }
        }
        return values
    }

    /// Reads the first row of a query; nil when there is none.
    func first<T>(
        _ sql: some StatementText,
        _ arguments: [any Bindable],
        _ decode: (ResultRow) throws -> T
    ) throws -> T? {
        var value: T?
        try StoreError.wrapping {
            try sql.prepared(by: prepared).run({ $0.add(contentsOf: arguments) }) { row in
                value = try decode(row)
                return false
            }
        }
        return value
    }

    /// Reads the one number that a query such as `count(*)` always returns.
    func number(_ sql: some StatementText, _ arguments: [any Bindable]) throws -> Int {
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
