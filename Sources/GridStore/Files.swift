//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc

/// What backups need of the file system.
enum Files {
    /// Whether there is anything at `path`.
    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Creates an empty file, for this user only; one that is there is left as it is.
    static func create(_ path: String) throws {
        // O_EXCL, so that a file that is there is not opened here: closing any descriptor of a file gives up all
        // locks that the process has on it.
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw failure(path, "created")
        }
    }

    /// Whether two paths lead to one file.
    static func isSame(_ first: String, _ second: String) -> Bool {
        var (one, other) = (stat(), stat())
        guard stat(first, &one) == 0, stat(second, &other) == 0 else { return first == second }
        return one.st_dev == other.st_dev && one.st_ino == other.st_ino
    }

    /// The size of a file in bytes.
    static func size(_ path: String) throws -> Int {
        var status = stat()
        guard stat(path, &status) == 0 else { throw failure(path, "read") }
        return Int(status.st_size)
    }

    /// Runs `body` with a new, empty file beside `path`, for this user only, and removes it unless `body` gave it a name.
    static func writing<R>(beside path: String, _ body: (String) throws -> R) throws -> R {
        let draft = "\(path).partial-\(getpid())"
        // Left behind by a process that had this number and was killed.
        unlink(draft)
        let descriptor = open(draft, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure(draft, "created") }
        close(descriptor)
        defer {
            for suffix in ["", "-journal", "-wal", "-shm"] { unlink(draft + suffix) }
        }
        return try body(draft)
    }

    /// Gives a finished file its name once the disk has all of it, and returns when the disk has the name too.
    static func publish(_ draft: String, as path: String, overwriting: Bool) throws {
        try synchronize(draft, O_RDWR)
        // A link never replaces anything, but not every file system has links.
        if overwriting || link(draft, path) != 0 {
            if !overwriting, errno == EEXIST {
                throw StoreError(.exists, "\(path) is there already; name another file.")
            }
            guard rename(draft, path) == 0 else { throw failure(path, "written") }
        }
        try synchronize(StateFile.folder(of: path), O_RDONLY | O_DIRECTORY)
    }

    /// Gives a file a second name, or where there are no links, another one.
    static func duplicate(_ path: String, as other: String) throws {
        guard link(path, other) == 0 || rename(path, other) == 0 else { throw failure(other, "created") }
    }

    /// Takes back what `duplicate` did.
    static func unduplicate(_ path: String, from other: String) {
        if exists(path) { unlink(other) } else { rename(other, path) }
    }

    /// Gives a file another name.
    static func move(_ path: String, to other: String) throws {
        guard rename(path, other) == 0 else { throw failure(other, "created") }
    }

    /// Whether another process has a lock on an SQLite file. Whoever has one open in the write-ahead mode has, even
    /// when it does nothing. Not for a file that this process has open: looking would give up its locks.
    static func isLocked(_ path: String) throws -> Bool {
        let descriptor = open(path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "opened") }
        defer { close(descriptor) }
        // The bytes that SQLite locks (os.h, PENDING_BYTE): pending, reserved, and 510 for those who read.
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        lock.l_start = 0x4000_0000
        lock.l_len = 512
        guard fcntl(descriptor, F_GETLK, &lock) == 0 else { throw failure(path, "examined") }
        return lock.l_type != Int16(F_UNLCK)
    }

    /// Returns when the disk has the names in the folder of a path.
    static func synchronizeFolder(of path: String) throws {
        try synchronize(StateFile.folder(of: path), O_RDONLY | O_DIRECTORY)
    }

    private static func synchronize(_ path: String, _ flags: Int32) throws {
        let descriptor = open(path, flags | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, "opened") }
        defer { close(descriptor) }
        // Some file systems cannot synchronize folders, and say so.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure(path, "written") }
    }

    private static func failure(_ path: String, _ what: String) -> StoreError { StoreError(file: path, what) }
}

extension StoreError {
    /// What the system says of a file just now.
    init(file path: String, _ what: String) {
        let reason = errno
        self.init(
            reason == ENOSPC || reason == EDQUOT ? .full : .io,
            "\(path) cannot be \(what): \(String(cString: strerror(reason))); check the path, the disk and the permissions."
        )
    }
}
