//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDBSQLite
import GridModel

/// The row that a statement stands at: columns by position, as the model's types. What does not parse was not written
/// by this program.
struct ResultRow {
    private let statement: OpaquePointer

    init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    func isNull(_ index: Int) -> Bool {
        sqlite3_column_type(statement, Int32(index)) == SQLITE_NULL
    }

    /// Lends the bytes of a text or blob; nil for NULL.
    func withBytes<T>(_ index: Int, _ body: (UnsafeRawBufferPointer?) throws -> T) rethrows -> T {
        if isNull(index) { return try body(nil) }
        // The address before the length: asking for it may convert the value.
        let address = sqlite3_column_blob(statement, Int32(index))
        let count = Int(sqlite3_column_bytes(statement, Int32(index)))
        return try body(UnsafeRawBufferPointer(start: address, count: count))
    }

    func text(_ index: Int) throws -> String {
        guard let value = textIfAny(index) else { throw unreadable(index) }
        return value
    }

    func textIfAny(_ index: Int) -> String? {
        withBytes(index) { $0.map { String(decoding: $0, as: UTF8.self) } }
    }

    func integer(_ index: Int) throws -> Int64 {
        guard let value = integerIfAny(index) else { throw unreadable(index) }
        return value
    }

    func integerIfAny(_ index: Int) -> Int64? {
        isNull(index) ? nil : sqlite3_column_int64(statement, Int32(index))
    }

    func flag(_ index: Int) throws -> Bool {
        try integer(index) != 0
    }

    func instant(_ index: Int) throws -> Instant {
        try Instant(milliseconds: integer(index))
    }

    func instantIfAny(_ index: Int) -> Instant? {
        integerIfAny(index).map { Instant(milliseconds: $0) }
    }

    func post(_ index: Int) throws -> PostAddress {
        guard let post = try PostAddress(text(index)) else { throw unreadable(index) }
        return post
    }

    func postIfAny(_ index: Int) throws -> PostAddress? {
        try isNull(index) ? nil : post(index)
    }

    func area(_ index: Int) throws -> UnitCode {
        guard let code = try UnitCode(text(index)) else { throw unreadable(index) }
        return code
    }

    func assignmentID(_ index: Int) throws -> AssignmentID {
        guard let id = try AssignmentID(text(index)) else { throw unreadable(index) }
        return id
    }

    func assignmentIDIfAny(_ index: Int) throws -> AssignmentID? {
        try isNull(index) ? nil : assignmentID(index)
    }

    func messageID(_ index: Int) throws -> MessageID {
        guard let id = try MessageID(text(index)) else { throw unreadable(index) }
        return id
    }

    /// A value of an enumeration that is stored by its name.
    func named<T: RawRepresentable<String>>(_ index: Int, as type: T.Type = T.self) throws -> T {
        guard let value = try T(rawValue: text(index)) else { throw unreadable(index) }
        return value
    }

    func bytes(_ index: Int) throws -> [UInt8] {
        try withBytes(index) { bytes in
            guard let bytes else { throw unreadable(index) }
            return Array(bytes)
        }
    }

    /// The error for a column whose content no version of this program writes.
    func unreadable(_ index: Int) -> StoreError {
        let name = sqlite3_column_name(statement, Int32(index)).map { String(cString: $0) } ?? String(index)
        return StoreError(.corrupt, "The column \(name) holds what no version wrote; restore a backup.")
    }
}
