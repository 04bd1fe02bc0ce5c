//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridModel

extension FileFolder {
    /// Has a file of another folder here too, under a second name where the file system can: files never change.
    ///
    /// - Returns: false when the other folder does not have it, nor this one.
    func take(_ hash: FileHash, from other: FileFolder) throws -> Bool {
        let (source, name) = (other.path(of: hash), path(of: hash))
        if Files.exists(name) { return true }
        guard Files.exists(source) else { return false }
        try Self.create(path)
        try Self.create("\(path)/\(hash.text.prefix(2))")
        if link(source, name) == 0 { return true }
        let copy = try draft()
        try Self.copy(source, to: copy)
        try Files.publish(copy.path, as: name, overwriting: true)
        return true
    }

    /// Has all files of another folder here too.
    func takeAll(from other: FileFolder) throws {
        for folder in try Self.entries(other.path) where folder.utf8.count == 2 {
            for name in try Self.entries("\(other.path)/\(folder)") {
                if let hash = FileHash(name) { _ = try take(hash, from: other) }
            }
        }
    }

    private static func copy(_ path: String, to draft: FileDraft) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(file: path, "opened") }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 262_144)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StoreError(file: path, "read") }
            if count == 0 { return }
            try buffer.withUnsafeBytes { try draft.append(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
        }
    }
}
