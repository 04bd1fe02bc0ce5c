//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
package import GridModel
import Synchronization

/// A file that arrives in pieces. What has arrived stays when the process ends, for a day at least.
package final class PartialFile: Sendable {
    let path: String
    private let descriptor: Int32
    private let written: Atomic<Int>

    fileprivate init(path: String, upTo size: Int) throws {
        self.path = path
        descriptor = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw StoreError(creating: path, errno: errno) }
        var status = stat()
        // What is longer than the file will be is not its beginning.
        if fstat(descriptor, &status) == 0, status.st_size > size { ftruncate(descriptor, 0) }
        written = Atomic(fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0)
    }

    deinit {
        close(descriptor)
    }

    /// How many bytes have arrived.
    package var size: Int { written.load(ordering: .relaxed) }

    /// Adds what arrived next; one caller at a time.
    ///
    /// - Throws: `StoreError` with the code `full` or `io`.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StoreError(file: path, "written") }
            written.add(count, ordering: .relaxed)
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
    }

    /// Throws away what has arrived.
    package func discard() { unlink(path) }
}

extension FileFolder {
    /// What has arrived so far of a file.
    ///
    /// - Parameter size: The size it will have.
    package func partial(_ hash: FileHash, upTo size: Int) throws -> PartialFile {
        try Self.create(path)
        return try PartialFile(path: "\(path)/\(Self.draftPrefix)part-\(hash)", upTo: size)
    }

    /// Gives a file that has arrived its name, if its content is what it has to be; otherwise it is thrown away.
    package func finish(_ partial: PartialFile, as hash: FileHash) throws -> Bool {
        guard try FileDigest.sha256(of: partial.path).0 == hash else {
            partial.discard()
            return false
        }
        _ = try keep(partial.path)
        return true
    }

    /// Some bytes of a file; none where it is not here, or ends before.
    package func bytes(of hash: FileHash, from offset: Int, count: Int) throws -> [UInt8] {
        let name = path(of: hash)
        let descriptor = open(name, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return [] }
            throw StoreError(file: name, "opened")
        }
        defer { close(descriptor) }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(
                    descriptor,
                    buffer.baseAddress?.advanced(by: filled),
                    count - filled,
                    off_t(offset + filled)
                )
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw StoreError(file: name, "read") }
                if got == 0 { return }
                filled += got
            }
        }
    }
}
