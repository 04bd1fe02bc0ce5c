//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB

/// An error of the state file.
///
/// `description` is safe to log: it holds no row and no argument of a statement. What SQLite said is in `cause`.
package struct StoreError: Error, CustomStringConvertible {
    /// What kind of error it is.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case newerVersion, notADatabase, busy, full, io, corrupt, exists, closed, unexpected
        }

        private let kind: Kind

        /// The file was written by a newer version; it was not touched.
        package static let newerVersion = Code(kind: .newerVersion)
        /// The file is no SQLite file, or one of another program; it was not touched.
        package static let notADatabase = Code(kind: .notADatabase)
        /// Another process held the file for longer than the busy timeout.
        package static let busy = Code(kind: .busy)
        /// The disk is full, or a quota is used up.
        package static let full = Code(kind: .full)
        /// The file or its folder cannot be read or written.
        package static let io = Code(kind: .io)
        /// The file's content contradicts itself.
        package static let corrupt = Code(kind: .corrupt)
        /// A file that would have been overwritten is there; it was not touched.
        package static let exists = Code(kind: .exists)
        /// The file was closed before.
        package static let closed = Code(kind: .closed)
        /// SQLite refused a statement: a fault of this program.
        package static let unexpected = Code(kind: .unexpected)

        package var description: String { kind.rawValue }
    }

    /// What kind of error it is.
    package let code: Code
    /// What happened and what to do about it, in a sentence or two.
    package let message: String
    /// What lies below, when another error caused it.
    package let cause: (any Error)?

    /// Creates an error.
    package init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Whether the same call can succeed later without anybody repairing anything.
    package var isRetriable: Bool { code == .busy }

    package var description: String { "\(code): \(message)" }
}

extension StoreError {
    /// Wraps what SQLite reported.
    init(_ error: DatabaseError) {
        let said = "SQLite \(error.extendedResultCode.rawValue)\(error.message.map { ", \($0)" } ?? "")"
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "Another process holds the state file; try again when it is done (\(said)).", cause: error)
        case .SQLITE_FULL:
            self.init(.full, "The disk is full; make room and try again (\(said)).", cause: error)
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(
                .io,
                "The state file cannot be read or written; check the disk and the permissions (\(said)).",
                cause: error
            )
        case .SQLITE_CORRUPT:
            self.init(
                .corrupt,
                "The state file is damaged; stop the node and restore a backup (\(said)).",
                cause: error
            )
        case .SQLITE_NOTADB:
            self.init(.notADatabase, "The file is not a state file; name another one (\(said)).", cause: error)
        default:
            self.init(.unexpected, "A statement failed (\(said)).", cause: error)
        }
    }

    /// Runs `body` and turns what SQLite throws into a `StoreError`; any other error passes unchanged.
    static func wrapping<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }
}
