//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GridModel

/// Columns by position, as the model's types. What does not parse was not written by this program.
extension Row {
    func text(_ index: Int) throws -> String {
        guard let value = self[index] as String? else { throw unreadable(index) }
        return value
    }

    func textIfAny(_ index: Int) -> String? {
        self[index] as String?
    }

    func integer(_ index: Int) throws -> Int64 {
        guard let value = self[index] as Int64? else { throw unreadable(index) }
        return value
    }

    func flag(_ index: Int) throws -> Bool {
        try integer(index) != 0
    }

    func instant(_ index: Int) throws -> Instant {
        try Instant(milliseconds: integer(index))
    }

    func instantIfAny(_ index: Int) -> Instant? {
        (self[index] as Int64?).map { Instant(milliseconds: $0) }
    }

    func post(_ index: Int) throws -> PostAddress {
        guard let post = try PostAddress(text(index)) else { throw unreadable(index) }
        return post
    }

    func postIfAny(_ index: Int) throws -> PostAddress? {
        try hasNull(atIndex: index) ? nil : post(index)
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
        try hasNull(atIndex: index) ? nil : assignmentID(index)
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
        try withUnsafeData(atIndex: index) { data in
            guard let data else { throw unreadable(index) }
            return Array(data)
        }
    }

    /// The error for a column whose content no version of this program writes.
    func unreadable(_ index: Int) -> StoreError {
        let name = Array(columnNames)[index]
        return StoreError(.corrupt, "The column \(name) holds what no version wrote; restore a backup.")
    }
}
