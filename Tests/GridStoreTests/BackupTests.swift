//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GRDB
import Testing

@testable import GridModel
@testable import GridStore

@Suite struct BackupTests {
    @Test("A backup taken while others write is the file as it was at one moment, whole and in one piece")
    func whileWriting() async throws {
        try await withStateFile { file async throws in
            try await withFolder { folder in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    // Every transaction writes two, so that a torn copy would have an odd number.
                    group.addTask {
                        var number = 0
                        while !Task.isCancelled {
                            number += 2
                            let (first, second) = (messageID("m\(number)"), messageID("m\(number + 1)"))
                            try await file.write { store in
                                _ = try store.admit(first, source: "a", at: at(1))
                                _ = try store.admit(second, source: "a", at: at(1))
                            }
                        }
                    }
                    var counts: [Int] = []
                    for number in 1...5 {
                        try await eventually("it writes on") {
                            try await file.read { try $0.inboxCount() } >= (counts.last ?? 0) + 20
                        }
                        let path = folder + "/backup-\(number)"
                        let size = try file.backupNow(to: path).bytes
                        #expect(size == (try Data(contentsOf: URL(fileURLWithPath: path)).count))
                        counts.append(try Self.inboxCount(path))
                    }
                    group.cancelAll()
                    #expect(counts.allSatisfy { $0.isMultiple(of: 2) && $0 > 0 })
                    #expect(counts == counts.sorted() && Set(counts).count == counts.count)
                    do { try await group.waitForAll() } catch is CancellationError {}
                }
                // Nothing but the backups: no drafts, no companions.
                #expect(try Self.names(folder) == (1...5).map { "backup-\($0)" })
            }
        }
    }

    @Test("A backup is for this user only, and replaces nothing unless told to")
    func overwriting() async throws {
        try await withStateFile { file async throws in
            try await withFolder { folder in
                let path = folder + "/backup"
                try Data("letter".utf8).write(to: URL(fileURLWithPath: path))
                await expectStoreError(.exists) { try file.backupNow(to: path) }
                #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("letter".utf8))
                _ = try file.backupNow(to: path, overwriting: true)
                #expect(try Self.inboxCount(path) == 0)
                let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
                #expect(mode == 0o600)
                for name in [file.path, file.path + "-wal"] {
                    await expectStoreError(.exists) { try file.backupNow(to: name, overwriting: true) }
                }
                await expectStoreError(.io) { try file.backupNow(to: folder + "/no/such/folder") }
                #expect(try Self.names(folder) == ["backup"])
            }
        }
    }

    @Test("A damaged file gives no backup")
    func damaged() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            for number in 1...2_000 {
                let id = messageID("message-number-\(number)")
                try await file.write { _ = try $0.admit(id, source: "a", at: at(1)) }
            }
            try file.close()
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            // Pages of the inbox's tree, overwritten.
            for offset in (bytes.count - 12_288)..<(bytes.count - 4_096) { bytes[offset] = 0xff }
            try bytes.write(to: URL(fileURLWithPath: path))
            let damaged = try StateFile.open(at: path)
            await expectStoreError(.corrupt) { try damaged.backupNow(to: folder + "/backup") }
            try damaged.close()
            #expect(try !Self.names(folder).contains { $0.hasPrefix("backup") })
        }
    }

    @Test("A restored backup is the state file, and the file that was there is kept with all it had")
    func restore() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            _ = try await file.write { try $0.admit(messageID("before"), source: "a", at: at(1)) }
            _ = try file.backupNow(to: folder + "/backup")
            _ = try await file.write { try $0.admit(messageID("after"), source: "a", at: at(1)) }
            try file.close()
            let kept = try #require(try StateFile.restoreNow(folder + "/backup", to: path, at: at(1)))
            #expect(kept == path + ".replaced-19700101T000000001Z")
            #expect(try Self.names(folder) == ["backup", "state", String(kept.dropFirst(folder.count + 1))])
            let restored = try StateFile.open(at: path)
            #expect(try await restored.read { try $0.inboxCount() } == 1)
            #expect(try await restored.write { try $0.admit(messageID("after"), source: "a", at: at(1)) })
            try restored.close()
            #expect(try Self.inboxCount(kept) == 2)
            // The same backup again, into a place where there is nothing.
            try FileManager.default.removeItem(atPath: path)
            #expect(try StateFile.restoreNow(folder + "/backup", to: path, at: at(1)) == nil)
            #expect(try Self.inboxCount(path) == 1)
        }
    }

    @Test("A restored backup leaves out the case numbers of the day that may have been given, also when restored again")
    func caseNumbers() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            try await file.write { try $0.apply(Decision { $0.order = .sample(7) }) }
            _ = try file.backupNow(to: folder + "/backup")
            try file.close()
            let morning = try #require(Instant(rfc3339: "2026-11-23T09:00:00+08:00"))
            var query = PageQuery()
            query.numbersOfDay = CalendarDay(year: 2_026, month: 11, day: 23).map { .init(issuer: street, day: $0) }
            var seen: [Int] = []
            for minutes: Int64 in [0, 10, 5] {
                let now = morning.adding(milliseconds: minutes * 60_000)
                _ = try StateFile.restoreNow(folder + "/backup", to: path, at: now)
                let restored = try StateFile.open(at: path)
                seen.append(try await restored.read { [query] in try $0.page(for: query).lastNumber })
                // The second and third restoration are of a backup of a file that was restored itself.
                _ = try restored.backupNow(to: folder + "/backup", overwriting: true)
                try restored.close()
            }
            // The last one by a clock that was set back.
            #expect(seen == [334_000, 340_000, 340_000])
        }
    }

    @Test("What a killed process had not brought home from its log is kept too")
    func unfinishedLog() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            _ = try file.backupNow(to: folder + "/backup")
            _ = try await file.write { try $0.admit(messageID("in-the-log"), source: "a", at: at(1)) }
            // As a killed process leaves them: the file and its log, with nobody who has them open.
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: path + suffix, toPath: folder + "/killed" + suffix)
            }
            try file.close()
            let kept = try #require(try StateFile.restoreNow(folder + "/backup", to: folder + "/killed", at: at(1)))
            #expect(try Self.inboxCount(kept) == 1)
            #expect(try Self.inboxCount(folder + "/killed") == 0)
            #expect(try !Self.names(folder).contains("killed-wal"))
        }
    }

    @Test("Nothing is restored over a state file that a process has open, even one that does nothing with it")
    func inUse() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            _ = try file.backupNow(to: folder + "/backup")
            try file.close()
            let idle = """
                import sqlite3, sys
                file = sqlite3.connect(sys.argv[1])
                file.execute("SELECT count(*) FROM inbox").fetchall()
                print("open", flush=True)
                sys.stdin.readline()
                file.close()
                """
            try await withPython(idle, path) { release in
                await expectStoreError(.busy) { try StateFile.restoreNow(folder + "/backup", to: path, at: at(1)) }
                #expect(try Self.names(folder).filter { !$0.hasPrefix("state-") } == ["backup", "state"])
                try release()
            }
            #expect(try StateFile.restoreNow(folder + "/backup", to: path, at: at(1)) != nil)
        }
    }

    @Test("A damaged state file is replaced and kept as it is, its log out of the backup's way")
    func damagedStateFile() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: folder + "/sound")
            _ = try file.backupNow(to: folder + "/backup")
            try file.close()
            let (rubbish, log) = (Data(repeating: 65, count: 10_000), Data(repeating: 66, count: 100))
            try rubbish.write(to: URL(fileURLWithPath: path))
            try log.write(to: URL(fileURLWithPath: path + "-wal"))
            let kept = try #require(try StateFile.restoreNow(folder + "/backup", to: path, at: at(1)))
            #expect(try Data(contentsOf: URL(fileURLWithPath: kept)) == rubbish)
            #expect(try Self.inboxCount(path) == 0)
        }
    }

    @Test("What is no sound backup is not restored, and the state file stays as it was")
    func badBackups() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            _ = try await file.write { try $0.admit(messageID("m"), source: "a", at: at(1)) }
            _ = try file.backupNow(to: folder + "/backup")
            try file.close()
            let sound = try Data(contentsOf: URL(fileURLWithPath: folder + "/backup"))
            try Data(repeating: 65, count: 10_000).write(to: URL(fileURLWithPath: folder + "/text"))
            try sound.prefix(sound.count / 2).write(to: URL(fileURLWithPath: folder + "/half"))
            let newer = try DatabaseQueue(path: folder + "/backup")
            try await newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v99 tomorrow')") }
            try newer.close()
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            await expectStoreError(.notADatabase) { try StateFile.restoreNow(folder + "/text", to: path, at: at(1)) }
            await expectStoreError(.corrupt) { try StateFile.restoreNow(folder + "/half", to: path, at: at(1)) }
            await expectStoreError(.newerVersion) { try StateFile.restoreNow(folder + "/backup", to: path, at: at(1)) }
            await expectStoreError(.io) { try StateFile.restoreNow(folder + "/nothing", to: path, at: at(1)) }
            await expectStoreError(.exists) { try StateFile.restoreNow(path, to: path, at: at(1)) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    private static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }

    /// Counts the inbox of a copy that lies by itself, without opening it as a state file.
    private static func inboxCount(_ path: String) throws -> Int {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM inbox") } ?? -1
    }
}
