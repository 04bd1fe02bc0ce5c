//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GRDBSQLite

/// A compiled statement, bound and stepped without a layer between it and SQLite.
///
/// GRDB compiles and keeps it. What a message costs is mostly its dozen statements, and binding through GRDB's values
/// costs several times what SQLite itself needs to run one.
struct PreparedStatement {
    private let statement: Statement

    init(_ statement: Statement) {
        self.statement = statement
    }

    /// Runs a statement.
    ///
    /// - Parameters:
    ///   - bind: Binds a value for each parameter, in their order.
    ///   - body: Reads a row, which is there until it returns; says whether to go on to the next.
    func run(_ bind: (inout Binder) -> Void, _ body: (ResultRow) throws -> Bool = { _ in true }) throws {
        let handle = statement.sqliteStatement
        // SQLite rolls back by itself on some errors; outside a transaction, what follows would be committed alone.
        guard sqlite3_stmt_readonly(handle) != 0 || sqlite3_get_autocommit(sqlite3_db_handle(handle)) == 0 else {
            throw StoreError(.unexpected, "The transaction was rolled back by an earlier error; begin a new one.")
        }
        // A reset reports what the last step had failed with, which has been thrown already.
        defer { sqlite3_reset(handle) }
        var binder = Binder(handle)
        bind(&binder)
        guard sqlite3_bind_parameter_count(handle) == binder.count else {
            throw StoreError(.unexpected, "A statement was given another number of arguments than it has parameters.")
        }
        try check(binder.failure, handle)
        while true {
            let code = sqlite3_step(handle)
            switch code {
            case SQLITE_ROW: guard try body(ResultRow(handle)) else { return }
            case SQLITE_DONE: return
            default: try check(code, handle)
            }
        }
    }

    private func check(_ code: Int32, _ handle: OpaquePointer) throws {
        guard code != SQLITE_OK else { return }
        let message = sqlite3_errmsg(sqlite3_db_handle(handle)).map { String(cString: $0) }
        throw StoreError(DatabaseError(resultCode: ResultCode(rawValue: code), message: message))
    }
}

/// The statements of a connection, and at hand those that a transaction has run so far.
final class PreparedStatements {
    private let db: Database
    /// Keyed by identity, which nothing else can have while the text is kept here.
    private var atHand: [ObjectIdentifier: (sql: SQL, statement: PreparedStatement)] = [:]

    init(_ db: Database) {
        self.db = db
    }

    func statement(_ sql: String) throws -> PreparedStatement {
        try PreparedStatement(db.cachedStatement(sql: sql))
    }

    func statement(_ sql: SQL) throws -> PreparedStatement {
        if let known = atHand[ObjectIdentifier(sql)] { return known.statement }
        let statement = try statement(sql.text)
        atHand[ObjectIdentifier(sql)] = (sql, statement)
        return statement
    }
}
