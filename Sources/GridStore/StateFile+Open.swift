//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import Glibc

extension StateFile {
    /// Opens a state file, after creating what is missing of it: folders for this user only, the file, its tables.
    ///
    /// - Parameters:
    ///   - path: Where the file is. Next to it SQLite keeps `<path>-wal` and `<path>-shm`; the three belong together.
    ///   - busyTimeout: How long a writer waits for another process before it gives up.
    /// - Throws: `StoreError` with the code `newerVersion` or `notADatabase`, and the file is left as it was; `busy`,
    ///   `full`, `io` or `corrupt`.
    package static func open(at path: String, busyTimeout: Duration = .seconds(10)) throws -> StateFile {
        // Before SQLite is used for the first time.
        _ = PageMemory.isInUse
        try createFile(at: path)
        let lock = try OpeningLock(folder: folder(of: path), timeout: busyTimeout)
        defer { lock.release() }

        var configuration = Configuration()
        configuration.label = "GridStore"
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(busyTimeout / .seconds(1))
        configuration.maximumReaderCount = 4
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(PageMemory.readerKiB)")
        }
        do {
            try check(path, configuration)
            let pool = try DatabasePool(path: path, configuration: configuration)
            let checkpointer = Checkpointer(path: path)
            try prepare(pool, checkpointer)
            return StateFile(path: path, pool: pool, checkpointer: checkpointer)
        } catch let error as DatabaseError {
            throw StoreError(error)
        }
    }

    /// Refuses files that are not ours to write, through a connection that cannot write.
    static func check(_ path: String, _ configuration: Configuration) throws {
        var configuration = configuration
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { db in
            // An empty file has no page yet.
            guard try Int.fetchOne(db, sql: "PRAGMA schema_version") != 0 else { return }
            guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Schema.applicationID else {
                throw StoreError(.notADatabase, "\(path) belongs to another program; name another file.")
            }
            if try Schema.migrator.hasBeenSuperseded(db) {
                throw StoreError(
                    .newerVersion,
                    "\(path) was written by a newer version of Gridwork; install that version or a later one."
                )
            }
        }
        try queue.close()
    }

    private static func prepare(_ pool: DatabasePool, _ checkpointer: Checkpointer) throws {
        // GRDB sets NORMAL when it turns the write-ahead log on: a commit could be lost with the power. A delivery is
        // acknowledged after its commit, so the commit has to be on the disk.
        try pool.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    PRAGMA synchronous = FULL;
                    PRAGMA cache_size = -\(PageMemory.writerKiB);
                    PRAGMA journal_size_limit = 67108864;
                    """
            )
            checkpointer.attach(to: db)
        }
        try Schema.migrator.migrate(pool)
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Creates the file where it is missing, readable by this user only; SQLite gives its companions the same mode.
    private static func createFile(at path: String) throws {
        let folder = folder(of: path)
        var end = folder.startIndex
        while end < folder.endIndex {
            end = folder[folder.index(after: end)...].firstIndex(of: "/") ?? folder.endIndex
            guard mkdir(String(folder[..<end]), 0o700) == 0 || errno == EEXIST || errno == EROFS || errno == EACCES
            else { throw StoreError(creating: folder, errno: errno) }
        }
        try Files.create(path)
    }
}

extension StoreError {
    init(creating path: String, errno: Int32) {
        let reason = String(cString: strerror(errno))
        self.init(
            errno == ENOSPC || errno == EDQUOT ? .full : .io,
            "\(path) cannot be created: \(reason); check the path, the disk and the permissions."
        )
    }
}
