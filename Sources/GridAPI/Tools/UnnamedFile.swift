//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import SystemPackage

/// A file without a name, which is gone when nobody has it open any more.
final class UnnamedFile: Sendable {
    /// It, open for reading and writing.
    let descriptor: FileDescriptor

    /// Creates an empty file in the folder for temporary ones.
    ///
    /// - Throws: `CocoaError` or `POSIXError` where there is no room for one, or no such folder.
    init() throws {
        var template = Array((FileManager.default.temporaryDirectory.path + "/gridwork-XXXXXX").utf8CString)
        let number = mkstemp(&template)
        guard number >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        unlink(template)
        _ = fcntl(number, F_SETFD, FD_CLOEXEC)
        descriptor = FileDescriptor(rawValue: number)
    }

    deinit { close(descriptor.rawValue) }

    /// Writes a text at its beginning, from where it is read then.
    func write(_ text: String) throws {
        _ = try descriptor.writeAll(toAbsoluteOffset: 0, Array(text.utf8))
    }

    /// Reads what it begins with.
    ///
    /// - Parameter limit: How many bytes at most.
    func read(upTo limit: Int) throws -> [UInt8] {
        let size = try Int(descriptor.seek(offset: 0, from: .end))
        var bytes: [UInt8] = []
        while bytes.count < min(size, limit) {
            let rest = min(size, limit) - bytes.count
            let place = Int64(bytes.count)
            let piece = try [UInt8](unsafeUninitializedCapacity: rest) { buffer, count in
                count = try descriptor.read(fromAbsoluteOffset: place, into: UnsafeMutableRawBufferPointer(buffer))
            }
            if piece.isEmpty { break }
            bytes += piece
        }
        return bytes
    }
}
