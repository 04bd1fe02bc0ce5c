//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// What the disk says of a state file.
package struct StateFileSizes: Sendable, Hashable {
    /// How large the file is, in bytes.
    package let file: Int64
    /// How large its write-ahead log is, in bytes; 0 where there is none.
    package let log: Int64
    /// How many bytes this user may still write on its disk.
    package let free: Int64
}

extension StateFile {
    /// How much room a transaction may need, in bytes: with less, the next one may be the one that fails.
    private static let leastRoom: Int64 = 1_048_576

    /// Takes the writer's turn and gives it back, and looks whether the disk takes a write.
    ///
    /// Writes nothing, so that looking wears no disk and wakes no other process.
    ///
    /// - Throws: `StoreError` with the code `busy`, `full` or `io`; `CancellationError`.
    package func proveWritable() async throws {
        try await write { _ in }
        guard access(path, W_OK) == 0 else {
            let reason = String(cString: strerror(errno))
            throw StoreError(.io, "\(path) cannot be written: \(reason); check the disk and the permissions.")
        }
        guard try sizes().free >= Self.leastRoom else {
            throw StoreError(.full, "The disk of \(path) is full; make room on it.")
        }
    }

    /// What the disk says now.
    ///
    /// - Throws: `StoreError` with the code `io`.
    package func sizes() throws -> StateFileSizes {
        var disk = statvfs()
        guard statvfs(path, &disk) == 0 else {
            let reason = String(cString: strerror(errno))
            throw StoreError(.io, "\(path) cannot be looked at: \(reason); check the disk and the permissions.")
        }
        return StateFileSizes(
            file: Self.size(path),
            log: Self.size(path + "-wal"),
            free: Int64(clamping: UInt64(disk.f_bavail) * UInt64(disk.f_frsize))
        )
    }

    private static func size(_ path: String) -> Int64 {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }
}
