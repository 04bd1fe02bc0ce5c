//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
import GridModel

/// The history of orders that were over long ago, in a file of its own beside the state file.
///
/// Lines are only ever added, each under its assignment and number, so that adding them again changes nothing. Whoever
/// deletes lines from the state file has had them added here before, and the disk has them. The file is opened for each use:
/// it is written once an hour, and read when somebody looks up what happened a year ago.
package struct Archive: Sendable {
    /// Where the file is; it need not be there.
    package let path: String

    /// Marks the file as an archive of Gridwork's in SQLite's header ("Gria").
    private static let applicationID: Int32 = 0x4772_6961
    /// The version of its tables.
    private static let version = 1

    /// The archive of a state file.
    init(ofStateFileAt path: String) { self.path = path + "-archive" }

    /// Whether there is one.
    package var exists: Bool { Files.exists(path) }

    /// Adds lines; when this returns, the disk has them. Blocks the thread.
    ///
    /// - Throws: `StoreError`: `corrupt` where another line has the place of one of them, and then none is added.
    func add(_ lines: [ArchivedLine]) throws {
        try using(creating: true) { connection in
            for line in lines {
                try connection.run(Self.insert, line.values)
                if connection.db.changesCount == 0 { try expectSame(line, connection) }
            }
        }
    }

    /// Adds all lines of another archive. Blocks the thread.
    ///
    /// Where this archive has another line at the place of one of them, its own stays.
    func addAll(of other: Archive) throws {
        try other.using { _ in }
        try using(creating: true, attaching: other.path) { connection in
            try connection.run("INSERT OR IGNORE INTO main.line SELECT * FROM other.line", [])
        }
    }

    /// Copies the archive as it is at one moment, and checks the copy. Blocks the thread.
    func copy(to target: String) throws {
        try Files.writing(beside: target) { draft in
            try using { connection in
                let copy = try DatabaseQueue(path: draft)
                try copy.writeWithoutTransaction { try connection.db.backup(to: $0) }
                try copy.close()
            }
            try Archive(path: draft).check()
            try Files.publish(draft, as: target, overwriting: true)
        }
    }

    /// Looks for damage. Blocks the thread.
    ///
    /// - Parameter quickly: Whether to leave out whether the index agrees with its rows, which takes most of the time.
    /// - Throws: `StoreError` with the code `corrupt` where there is some.
    package func check(quickly: Bool = false) throws {
        try using { connection in
            let pragma = quickly ? "PRAGMA quick_check(5)" : "PRAGMA integrity_check(5)"
            let damage = try String.fetchAll(connection.db, sql: pragma).filter { $0 != "ok" }
            guard damage.isEmpty else {
                throw StoreError(.corrupt, "SQLite finds damage in \(path): \(damage.joined(separator: "; ")).")
            }
        }
    }

    /// The lines at and below an assignment, by their numbers.
    func lines(under id: AssignmentID, limit: Int, after n: Int64) throws -> [ArchivedLine] {
        try select("assignment >= ? AND assignment < ? AND n > ? ORDER BY n LIMIT ?", [id.text, id.rangeEnd, n, limit])
    }

    /// The lines of an assignment's own page, by their numbers.
    func lines(of id: AssignmentID, limit: Int, after n: Int64) throws -> [ArchivedLine] {
        try select("assignment = ? AND n > ? ORDER BY n LIMIT ?", [id.text, n, limit])
    }

    /// The last time that something happened on an assignment's own page.
    func newestLine(of id: AssignmentID, _ event: HistoryEntry.Event) throws -> ArchivedLine? {
        try select("assignment = ? AND event = ? ORDER BY n DESC LIMIT 1", [id.text, event.rawValue]).first
    }

    private func select(_ condition: String, _ arguments: [any Bindable]) throws -> [ArchivedLine] {
        try using { connection in
            try connection.all(
                "SELECT \(ArchivedLine.columns) FROM line WHERE \(condition)",
                arguments,
                ArchivedLine.init(row:)
            )
        }
    }

    private func expectSame(_ line: ArchivedLine, _ connection: StoreConnection) throws {
        let found = try connection.first(
            "SELECT \(ArchivedLine.columns) FROM line WHERE assignment = ? AND n = ?",
            [line.line.assignment.text, line.line.n],
            ArchivedLine.init(row:)
        )
        // Not by whom: another process may have moved the line meanwhile, and what told of the person is gone then.
        guard let found, found.line.isSame(as: line.line) else {
            throw StoreError(
                .corrupt,
                "\(path) has another line \(line.line.n) of \(line.line.assignment): it belongs to another state file. "
                    + "Move it away; what is in it can be read with sqlite3."
            )
        }
    }

    private static let insert = SQL(
        "INSERT OR IGNORE INTO line (\(ArchivedLine.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    )
}

// MARK: - The file

extension Archive {
    private init(path: String) { self.path = path }

    /// Runs `body` in a transaction on the file.
    ///
    /// - Parameters:
    ///   - creating: Whether the file is made where there is none.
    ///   - other: Another archive, which is there as `other`.
    private func using<R>(
        creating: Bool = false,
        attaching other: String? = nil,
        _ body: (StoreConnection) throws -> R
    ) throws -> R {
        guard exists || creating else {
            throw StoreError(.io, "The archive \(path) is missing; put it back beside the state file, from a backup.")
        }
        if !exists { try Files.create(path) }
        return try StoreError.wrapping {
            var configuration = Configuration()
            configuration.label = "GridStore.archive"
            configuration.busyMode = .timeout(10)
            configuration.prepareDatabase { db in
                // One file, whole after each commit; those who read it open it to write too, since a transaction that the
                // power cut short is taken back by whoever comes next.
                try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA cache_size = -512")
            }
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try queue.writeWithoutTransaction { db in
                if let other { try db.execute(sql: "ATTACH ? AS other", arguments: [other]) }
                var result: R?
                try db.inTransaction(creating ? .immediate : .deferred) {
                    try prepare(db, creating: creating)
                    result = try body(StoreConnection(db: db, orders: OrderCache(), archive: self))
                    return .commit
                }
                guard let result else { preconditionFailure("Cannot commit without having run the transaction") }
                return result
            }
        }
    }

    private func prepare(_ db: Database, creating: Bool) throws {
        let isNew = try Int.fetchOne(db, sql: "PRAGMA schema_version") == 0
        if isNew, creating { return try db.execute(sql: Self.tables) }
        guard try Int32.fetchOne(db, sql: "PRAGMA application_id") == Self.applicationID else {
            throw StoreError(.notADatabase, "\(path) is no archive of Gridwork's; move it away.")
        }
        guard try Int.fetchOne(db, sql: "PRAGMA user_version") == Self.version else {
            throw StoreError(
                .newerVersion,
                "\(path) was written by a newer version of Gridwork; install that version or a later one."
            )
        }
    }

    private static let tables = """
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(version);
        CREATE TABLE line (
            assignment TEXT NOT NULL,
            n INTEGER NOT NULL,
            event TEXT NOT NULL,
            at INTEGER NOT NULL,
            actor TEXT,
            leg TEXT,
            note TEXT,
            cause TEXT NOT NULL,
            person INTEGER,
            isStandIn INTEGER NOT NULL,
            PRIMARY KEY (assignment, n)
        ) STRICT, WITHOUT ROWID;
        """
}

extension HistoryLine {
    /// Whether two lines tell the same, whoever gave the command.
    fileprivate func isSame(as other: HistoryLine) -> Bool {
        var (one, other) = (self, other)
        (one.person, one.isStandIn) = (nil, false)
        (other.person, other.isStandIn) = (nil, false)
        return one == other
    }
}
