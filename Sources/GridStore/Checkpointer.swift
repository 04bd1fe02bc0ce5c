//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Copies what commits have put into the write-ahead log into the state file itself, beside the writer.
///
/// SQLite does so within the commit that makes the log long, and whatever waits for that commit waits for some thousand
/// pages as well: with 200 messages a second, 99 of 100 were there after 8 ms without checkpoints and after 44 to 183 ms
/// with them. Here a connection of its own copies while the writer goes on. The log begins anew once a commit finds all
/// of it copied, so the writer copies the last few pages itself.
final class Checkpointer: Sendable {
    /// What there is to be done after a commit.
    enum Step { case nothing, copyAside, copyNow }

    /// From how many pages on it is worth to copy them. A page has ``PageMemory/pageSize`` bytes.
    static let worthwhile = 1_000
    /// From how many pages on the log is to begin anew.
    static let long = 4_000
    /// How many pages the writer may copy itself for that.
    static let few = 250
    /// From how many pages on the writer copies all that is left: where commits follow one another without a pause, copying
    /// beside them never comes to the end, and the log would grow for ever. 32 MiB.
    static let most = 8_000

    private struct State {
        /// How many pages the log had after the last commit.
        var pages = 0
        /// How many of them have been copied.
        var copied = 0
        /// How often the log has begun anew: what was copied of an earlier one says nothing about this one.
        var log = 0
        var isCopying = false
        var isStopped = false
    }

    private let path: String
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "GridStore.checkpoints")
    /// Touched on the queue only; made when there is something to copy, which most commands never have.
    private nonisolated(unsafe) var connection: DatabaseQueue?

    init(path: String) {
        self.path = path
    }

    /// What is to be done.
    ///
    /// - Parameters:
    ///   - pages: How many pages the log has.
    ///   - copied: How many of them have been copied.
    ///   - isCopying: Whether some are being copied beside the writer.
    static func step(pages: Int, copied: Int, isCopying: Bool) -> Step {
        let left = pages - copied
        if pages >= most { return .copyNow }
        if isCopying { return .nothing }
        if pages >= long { return left <= few ? .copyNow : .copyAside }
        return left >= worthwhile ? .copyAside : .nothing
    }

    /// Takes the place of SQLite's own checkpoints on the connection that writes. Has to outlive it.
    func attach(to db: Database) {
        sqlite3_wal_hook(
            db.sqliteConnection,
            { context, connection, _, pages in
                if let context, let connection {
                    Unmanaged<Checkpointer>.fromOpaque(context).takeUnretainedValue().committed(connection, Int(pages))
                }
                // The commit stands whatever becomes of the copying, as with SQLite's own.
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Waits for what is being copied, and copies no more.
    ///
    /// - Throws: `DatabaseError` where SQLite cannot close the connection.
    func stop() throws {
        state.withLock { $0.isStopped = true }
        try queue.sync {
            try connection?.close()
            connection = nil
        }
    }

    private func committed(_ writer: OpaquePointer, _ pages: Int) {
        let step = state.withLock { state in
            if pages < state.pages {
                state.log += 1
                state.copied = 0
            }
            state.pages = pages
            let step =
                state.isStopped ? .nothing : Self.step(pages: pages, copied: state.copied, isCopying: state.isCopying)
            if step == .copyAside { state.isCopying = true }
            return step
        }
        switch step {
        case .nothing: break
        case .copyAside: queue.async { [self] in copyAside() }
        case .copyNow:
            // Two cannot copy at once, and without waiting the log would grow for as long as the other takes.
            queue.sync {}
            var copied: Int32 = -1
            // What does not succeed, since another process copies or the disk is full, is tried after the next commit.
            guard sqlite3_wal_checkpoint_v2(writer, nil, SQLITE_CHECKPOINT_PASSIVE, nil, &copied) == SQLITE_OK else {
                return
            }
            state.withLock { $0.copied = max(0, Int(copied)) }
        }
    }

    private func copyAside() {
        let log = state.withLock { $0.isStopped ? nil : $0.log }
        // What does not succeed is tried after the next commit, and in the end by the writer itself: a disk that takes
        // nothing fails commits, whose errors are told.
        let copied = log.flatMap { _ in try? copy() } ?? 0
        state.withLock { state in
            state.isCopying = false
            if state.log == log, copied > 0 { state.copied = copied }
        }
    }

    private func copy() throws -> Int {
        let connection = try connection ?? open()
        self.connection = connection
        return try connection.writeWithoutTransaction { try $0.checkpoint(.passive).checkpointedFrameCount }
    }

    private func open() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "GridStore.checkpoints"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(PageMemory.checkpointerKiB)")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }
}
