//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import COpenSSL
import Glibc
package import GridModel
import Synchronization

/// The files beside a state file, each named by the SHA-256 of its content.
///
/// A file is written under another name and gets its own when the disk has it, so what has a name of this kind is whole.
/// It never changes afterwards. Several processes of a node share the folder.
package struct FileFolder: Sendable {
    /// Where the folder is.
    package let path: String

    /// The folder of a state file: its path with `-files` added, as with SQLite's own companions.
    package init(of stateFile: String) {
        path = stateFile + "-files"
    }

    /// Where the file with a content is, or would be. A folder for each first byte, since some file systems and most
    /// tools are slow with hundreds of thousands of names in one.
    package func path(of hash: FileHash) -> String { "\(path)/\(hash.text.prefix(2))/\(hash.text)" }

    /// Whether the file with a content is there.
    package func contains(_ hash: FileHash) -> Bool { Files.exists(path(of: hash)) }

    /// Makes an empty file for this user only, to be filled and kept, or discarded.
    ///
    /// - Throws: `StoreError` with the code `full` or `io`.
    package func draft() throws -> FileDraft {
        try Self.create(path)
        return try FileDraft(path: "\(path)/\(Self.draftPrefix)\(Self.draftNumber())")
    }

    /// Gives a finished draft its name. The content may be there already; then its age begins anew, so that nobody
    /// collects it before it is attached.
    ///
    /// - Parameter draft: The path of a file in this folder.
    /// - Returns: The content's hash and size.
    /// - Throws: `StoreError` with the code `full` or `io`.
    package func keep(_ draft: String) throws -> (hash: FileHash, size: Int) {
        let (hash, size) = try FileDigest.sha256(of: draft)
        let name = path(of: hash)
        if utimensat(AT_FDCWD, name, nil, 0) == 0 { return (hash, size) }
        guard errno == ENOENT else { throw StoreError(file: name, "touched") }
        try Self.create("\(path)/\(hash.text.prefix(2))")
        // Another program may have written it.
        guard chmod(draft, 0o600) == 0 else { throw StoreError(file: draft, "closed to others") }
        try Files.publish(draft, as: name, overwriting: true)
        return (hash, size)
    }

    static let draftPrefix = "draft-"

    /// A number that no other draft of this machine has now.
    private static func draftNumber() -> String {
        let count = drafts.add(1, ordering: .relaxed).newValue
        return "\(getpid())-\(count)-\(String(UInt32.random(in: .min ... .max), radix: 16))"
    }

    private static let drafts = Atomic(0)

    /// Creates a folder, for this user only, where it is missing.
    static func create(_ folder: String) throws {
        guard mkdir(folder, 0o700) != 0 else { return try Files.synchronizeFolder(of: folder) }
        if errno != EEXIST { throw StoreError(creating: folder, errno: errno) }
    }
}

/// A file that is being written. It is gone when nobody has it any more, unless it was kept.
package final class FileDraft: Sendable {
    /// Where it is.
    package let path: String
    private let descriptor: Int32
    private let written = Atomic(0)

    fileprivate init(path: String) throws {
        self.path = path
        descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600)
        if descriptor < 0 { throw StoreError(creating: path, errno: errno) }
    }

    deinit {
        close(descriptor)
        // Under its other name it is another file.
        unlink(path)
    }

    /// How many bytes it has.
    package var size: Int { written.load(ordering: .relaxed) }

    /// Adds bytes at its end; one caller at a time.
    ///
    /// - Throws: `StoreError` with the code `full` or `io`.
    package func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw StoreError(file: path, "written") }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        written.add(bytes.count, ordering: .relaxed)
    }
}

/// The SHA-256 of files.
enum FileDigest {
    private static let chunk = 262_144

    /// The hash and the size of a file.
    static func sha256(of path: String) throws -> (FileHash, Int) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError(file: path, "opened") }
        defer { close(descriptor) }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var isDone = EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
        var size = 0
        var buffer = [UInt8](repeating: 0, count: chunk)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw StoreError(file: path, "read") }
            if count == 0 { break }
            isDone = EVP_DigestUpdate(context, buffer, count) == 1 && isDone
            size += count
        }
        var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1, isDone else {
            throw StoreError(.io, "OpenSSL could not compute the SHA-256 of \(path): it had no memory.")
        }
        return (FileHash(digest: digest), size)
    }
}
