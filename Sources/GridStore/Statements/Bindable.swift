//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDBSQLite

/// A value that can stand for a parameter of a statement.
protocol Bindable {
    /// Binds the value to the parameter at `index`, counted from 1; SQLite copies what it needs.
    ///
    /// - Returns: SQLite's result code.
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32
}

extension Int64: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, self)
    }
}

extension Int: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, Int64(self))
    }
}

extension Bool: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        sqlite3_bind_int64(statement, index, self ? 1 : 0)
    }
}

extension String: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { utf8 in
            // An empty buffer may have no address, which would bind NULL.
            guard let address = utf8.baseAddress else { return sqlite3_bind_text(statement, index, "", 0, nil) }
            return address.withMemoryRebound(to: CChar.self, capacity: utf8.count) {
                sqlite3_bind_text(statement, index, $0, Int32(utf8.count), copied)
            }
        }
    }
}

extension [UInt8]: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        withUnsafeBytes { bytes in
            guard let address = bytes.baseAddress else { return sqlite3_bind_zeroblob(statement, index, 0) }
            return sqlite3_bind_blob(statement, index, address, Int32(bytes.count), copied)
        }
    }
}

extension Optional: Bindable where Wrapped: Bindable {
    func bind(to statement: OpaquePointer, at index: Int32) -> Int32 {
        switch self {
        case .some(let value): value.bind(to: statement, at: index)
        case nil: sqlite3_bind_null(statement, index)
        }
    }
}

/// Binds the values of a statement one after the other, without a collection of them in between.
struct Binder {
    private let statement: OpaquePointer
    /// How many values were bound.
    private(set) var count: Int32 = 0
    /// What SQLite said of the last value that it did not take, or `SQLITE_OK`.
    private(set) var failure = SQLITE_OK

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    /// Binds the next value.
    mutating func add(_ value: some Bindable) {
        count += 1
        let code = value.bind(to: statement, at: count)
        if code != SQLITE_OK { failure = code }
    }

    /// Binds the next values.
    mutating func add(contentsOf values: [any Bindable]) {
        for value in values { add(value) }
    }
}

/// SQLITE_TRANSIENT, a macro that Swift does not see: SQLite copies the bytes before the call returns.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
