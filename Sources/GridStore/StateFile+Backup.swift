//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StateFile {
    /// Copies the file as it is at one moment into a file of its own, while everybody goes on reading and writing.
    ///
    /// The copy grows under another name beside `path`. It gets its own name when SQLite has found it whole and the disk
    /// has it, so what is called `path` is always a whole backup. It needs no companions but the folder of attached files,
    /// `<path>-files`, and the archive where there is one, `<path>-archive`; both are there before the copy gets its name.
    /// The calling thread is blocked: for the command line only.
    ///
    /// - Parameters:
    ///   - path: Where the backup goes.
    ///   - overwriting: Whether a file that is there may be replaced.
    /// - Returns: What the backup has.
    /// - Throws: `StoreError` with the code `exists`, and the file there is left as it was; `full`, `io` or `corrupt`.
    package func backupNow(to path: String, overwriting: Bool = false) throws -> BackupReport {
        for mine in [self.path, self.path + "-wal", self.path + "-shm"] where Files.isSame(mine, path) {
            throw StoreError(.exists, "\(path) is the state file itself; name another file for its backup.")
        }
        let kept = Archive(ofStateFileAt: path)
        for name in [path, kept.path] where !overwriting && Files.exists(name) { throw StoreError(existing: name) }
        return try StoreError.naming("The backup \(path)") {
            try Files.writing(beside: path) { draft in
                let hashes = try Self.copy(from: pool, to: draft)
                // What the copy refers to was there before the copy, and is not collected.
                let folder = FileFolder(of: path)
                let found = try hashes.count { try folder.take($0, from: files) }
                // What the copy leaves to the archive was there before the copy, and stays.
                if archive.exists { try archive.copy(to: kept.path) }
                try Files.publish(draft, as: path, overwriting: overwriting)
                return BackupReport(
                    bytes: try Files.size(path),
                    archiveBytes: kept.exists ? try Files.size(kept.path) : 0,
                    files: found,
                    missing: hashes.count - found
                )
            }
        }
    }

    /// Puts a backup in the place of a state file.
    ///
    /// The file that was there is kept under another name beside it, and so are its attached files. What the backup's archive
    /// has is added to the archive that is there. Whatever happens,
    /// there is a whole state file at `path` at every moment, the old one or the backup's. The one that is put there knows
    /// when that was, and gives no case number that may have been given before. The calling thread is blocked: for the
    /// command line only.
    ///
    /// - Parameters:
    ///   - backup: A backup, or any other state file that nobody uses.
    ///   - path: Where the state file is to be.
    ///   - now: The time, which becomes part of the other name and is written into the file.
    /// - Returns: Where the file that was there is kept; nil when there was none.
    /// - Throws: `StoreError` with the code `busy` when a process has the state file open; `notADatabase`,
    ///   `newerVersion` or `corrupt` when the backup is not sound; `full` or `io`. Nothing has changed then.
    package static func restoreNow(_ backup: String, to path: String, at now: Instant) throws -> String? {
        guard Files.exists(backup) else { throw StoreError(.io, "There is no file \(backup).") }
        guard !Files.isSame(backup, path) else {
            throw StoreError(.exists, "\(backup) is the state file itself; name a backup of it.")
        }
        return try Files.writing(beside: path) { draft in
            let hashes = try StoreError.naming("The backup \(backup)") {
                var configuration = Configuration()
                configuration.readonly = true
                try check(backup, configuration)
                let source = try DatabaseQueue(path: backup, configuration: configuration)
                let hashes = try copy(from: source, to: draft)
                try source.close()
                try markRestored(draft, at: now)
                return hashes
            }
            // From here on nobody can open the file before it is the other one.
            let lock = try OpeningLock(folder: folder(of: path), timeout: .seconds(10))
            defer { lock.release() }
            let kept = try setAside(path, at: now)
            do {
                let files = FileFolder(of: path)
                if let kept { try FileFolder(of: kept).takeAll(from: files) }
                for hash in hashes { _ = try files.take(hash, from: FileFolder(of: backup)) }
                let archive = Archive(ofStateFileAt: backup)
                if archive.exists { try Archive(ofStateFileAt: path).addAll(of: archive) }
                try Files.publish(draft, as: path, overwriting: true)
            } catch {
                if let kept { Files.unduplicate(path, from: kept) }
                throw error
            }
            return kept
        }
    }

    /// Copies a database whole, checks the copy, and leaves it as one file.
    ///
    /// - Returns: The attached files that the copy refers to.
    private static func copy(from source: some DatabaseReader, to path: String) throws -> [FileHash] {
        let target = try DatabaseQueue(path: path)
        try source.backup(to: target)
        let hashes = try target.writeWithoutTransaction { db in
            // The copy has taken over the write-ahead log from its source, and with it the need for companions.
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check(5)").filter { $0 != "ok" }
            guard damage.isEmpty else {
                throw StoreError(.corrupt, "SQLite finds damage: \(damage.joined(separator: "; ")).")
            }
            // A backup of an earlier version has no such table.
            guard try db.tableExists("file") else { return [FileHash]() }
            return try String.fetchAll(db, sql: "SELECT hash FROM file").compactMap { FileHash($0) }
        }
        try target.close()
        return hashes
    }

    /// Writes into a copy when it was put back, in the tables of this version.
    private static func markRestored(_ path: String, at now: Instant) throws {
        let copy = try DatabaseQueue(path: path)
        try Schema.migrator.migrate(copy)
        try copy.write { db in
            // A clock that was set back gives no number again.
            let sql = "UPDATE node SET restoredAt = max(coalesce(restoredAt, 0), ?) WHERE n = 1"
            try db.execute(sql: sql, arguments: [now.milliseconds])
        }
        try copy.close()
    }

    /// Gives the state file, if there is one, a second name that will stay with it.
    private static func setAside(_ path: String, at now: Instant) throws -> String? {
        let kept = "\(path).replaced-\(now.description.filter { $0.isLetter || $0.isNumber })"
        guard Files.exists(path) else {
            // A log that its file left behind would be taken for the backup's.
            try setCompanionsAside(of: path, as: kept)
            return nil
        }
        guard try !Files.isLocked(path) else {
            throw StoreError(.busy, "A process has \(path) open; stop the node and all commands on it first.")
        }
        guard !Files.exists(kept) else { throw StoreError(existing: kept) }
        do {
            // Brings home what is in the log, so that there is one file to be kept.
            let old = try DatabaseQueue(path: path)
            try old.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try old.close()
        } catch let error as DatabaseError where error.resultCode != .SQLITE_BUSY {
            // It is damaged, which is why it is replaced. Its companions must not be taken for the backup's.
            try setCompanionsAside(of: path, as: kept)
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
        try Files.duplicate(path, as: kept)
        return kept
    }

    private static func setCompanionsAside(of path: String, as kept: String) throws {
        for suffix in ["-wal", "-shm"] where Files.exists(path + suffix) {
            try Files.move(path + suffix, to: kept + suffix)
        }
    }
}

extension StoreError {
    fileprivate init(existing path: String) {
        self.init(.exists, "\(path) is there already; name another file, or allow that it is overwritten.")
    }

    /// Runs `body`, and lets what it throws say which file it is about.
    fileprivate static func naming<R>(_ file: String, _ body: () throws -> R) throws -> R {
        do {
            return try wrapping(body)
        } catch let error as StoreError where error.code != .exists {
            throw StoreError(error.code, "\(file): \(error.message)", cause: error.cause)
        }
    }
}
