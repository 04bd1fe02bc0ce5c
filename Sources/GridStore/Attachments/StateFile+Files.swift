//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
package import GridModel

extension StateFile {
    /// How old a file has to be before it counts as left over, in milliseconds: a day.
    package static let orphanAge: Int64 = 86_400_000
    /// How many names are looked at in one transaction, so that writers wait for no more than that.
    private static let batch = 100

    /// Removes files that nothing refers to and that have been there for a day: sent and never attached, or left by a
    /// process that was killed.
    ///
    /// A file gets its row in the transaction that attaches it, and here the file is removed in one that finds no row:
    /// so no file goes that a row refers to. Waits for reads of the folder, so not for an event loop.
    ///
    /// - Returns: How many were removed.
    /// - Throws: `StoreError`; `CancellationError`.
    package func collectFiles(at now: Instant) async throws -> Int {
        let limit = now.adding(milliseconds: -Self.orphanAge)
        var removed = 0
        var old = try files.names(lastChangedBefore: limit)[...]
        while !old.isEmpty {
            let names = old.prefix(Self.batch)
            old = old.dropFirst(names.count)
            removed += try await write { [files] store in
                var count = 0
                for (name, hash) in names {
                    if let hash, try store.storedFile(hash) != nil { continue }
                    // Asked again: it may have been sent once more since the folder was read.
                    guard files.isUnchanged(name, since: limit), unlink("\(files.path)/\(name)") == 0 else { continue }
                    count += 1
                }
                return count
            }
        }
        return removed
    }
}

extension FileFolder {
    /// The names in the folder of drafts and files that were last changed before an instant, each file's with its hash.
    fileprivate func names(lastChangedBefore limit: Instant) throws -> [(name: String, hash: FileHash?)] {
        var found: [(String, FileHash?)] = []
        for entry in try Self.entries(path) {
            if entry.hasPrefix(Self.draftPrefix) {
                found.append((entry, nil))
            } else if entry.utf8.count == 2 {
                for name in try Self.entries("\(path)/\(entry)") {
                    if let hash = FileHash(name) { found.append(("\(entry)/\(name)", hash)) }
                }
            }
        }
        return found.filter { isUnchanged($0.0, since: limit) }
    }

    /// Whether a file was last changed before an instant.
    fileprivate func isUnchanged(_ name: String, since limit: Instant) -> Bool {
        var status = stat()
        guard lstat("\(path)/\(name)", &status) == 0 else { return false }
        return Int64(status.st_mtim.tv_sec) * 1_000 + Int64(status.st_mtim.tv_nsec) / 1_000_000 < limit.milliseconds
    }

    /// The names in a folder; none where there is no folder.
    static func entries(_ folder: String) throws -> [String] {
        guard let directory = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw StoreError(file: folder, "read")
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }
}
