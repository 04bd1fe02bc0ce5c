//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GRDB
import Testing

@testable import GridModel
@testable import GridStore

@Suite struct StateFileTests {
    @Test("A commit is on the disk before it returns: the writer runs with synchronous FULL, also after reopening")
    func durability() async throws {
        try await withFolder { folder in
            for _ in 0..<2 {
                let file = try StateFile.open(at: folder + "/state")
                let (synchronous, journal, foreignKeys) = try await file.pool.writeWithoutTransaction { db in
                    (
                        try Int.fetchOne(db, sql: "PRAGMA synchronous"),
                        try String.fetchOne(db, sql: "PRAGMA journal_mode"),
                        try Int.fetchOne(db, sql: "PRAGMA foreign_keys")
                    )
                }
                #expect(synchronous == 2)
                #expect(journal == "wal")
                #expect(foreignKeys == 1)
                // Still so after transactions, and after one that failed.
                struct Abort: Error {}
                _ = try await file.write { try $0.admit(messageID("m"), source: "a", at: at(1)) }
                await #expect(throws: Abort.self) { try await file.write { _ in throw Abort() } }
                let after = try await file.pool.writeWithoutTransaction {
                    try Int.fetchOne($0, sql: "PRAGMA synchronous")
                }
                #expect(after == 2)
                try file.close()
            }
        }
    }

    @Test("Opening makes missing folders and the file, for this user only")
    func createsFile() async throws {
        try await withFolder { folder in
            let path = folder + "/a/b/state"
            let file = try StateFile.open(at: path)
            _ = try await file.write { try $0.admit(messageID("m"), source: "a", at: at(1)) }
            func mode(_ path: String) throws -> Int? {
                try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            }
            #expect(try mode(folder + "/a") == 0o700)
            #expect(try mode(folder + "/a/b") == 0o700)
            for name in [path, path + "-wal", path + "-shm"] {
                #expect(try mode(name) == 0o600, "\(name)")
            }
            #expect(try await file.read { try $0.schemaVersion() } == "v16 archive")
            #expect(try await file.read { try $0.integrityFindings() } == [])
            #expect(file.path == path)
            try file.close()
        }
    }

    @Test("Whether the file can be written is known without writing, and so is its room")
    func writable() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            let other = try StateFile.open(at: path)
            let version = try await other.dataVersion()
            try await file.proveWritable()
            #expect(try await other.dataVersion() == version)
            let sizes = try file.sizes()
            #expect(sizes.file > 0 && sizes.free > 0)
            try other.close()
            try FileManager.default.removeItem(atPath: path)
            await #expect { try await file.proveWritable() } throws: { ($0 as? StoreError)?.code == .io }
            try file.close()
        }
    }

    @Test("What was committed is there after reopening")
    func reopening() async throws {
        try await withFolder { folder in
            let first = try StateFile.open(at: folder + "/state")
            try await first.write { try $0.apply(Decision { $0.assignment = .sample() }) }
            try first.close()
            let second = try StateFile.open(at: folder + "/state")
            #expect(try second.readNow { try $0.assignment(.sample()) } == .sample())
            try second.close()
        }
    }

    @Test("A file of a newer version is refused and left as it was")
    func newerVersion() async throws {
        try await withFolder { folder in
            let path = folder + "/state"
            let file = try StateFile.open(at: path)
            try await file.pool.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v99 tomorrow')") }
            try file.close()
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            await expectStoreError(.newerVersion) { try StateFile.open(at: path) }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        }
    }

    @Test("A file of another program is refused and left as it was, SQLite's or not")
    func otherPrograms() async throws {
        try await withFolder { folder in
            let other = try DatabaseQueue(path: folder + "/other")
            try await other.write { try $0.execute(sql: "CREATE TABLE t (a)") }
            try other.close()
            try Data(repeating: 65, count: 10_000).write(to: URL(fileURLWithPath: folder + "/text"))
            for name in ["other", "text"] {
                let url = URL(fileURLWithPath: folder + "/" + name)
                let before = try Data(contentsOf: url)
                await expectStoreError(.notADatabase) { try StateFile.open(at: url.path) }
                #expect(try Data(contentsOf: url) == before)
            }
        }
    }

    @Test("A place where no file can be is an input and output error that names it")
    func unusablePlaces() async throws {
        try await withFolder { folder in
            try Data().write(to: URL(fileURLWithPath: folder + "/file"))
            for path in [folder + "/file/state", folder, "/proc/no/such/state"] {
                await expectStoreError(.io) { try StateFile.open(at: path) }
            }
        }
    }

    @Test("Several openings at once make the tables once")
    func concurrentOpening() async throws {
        try await withFolder { folder in
            try await withThrowingTaskGroup(of: StateFile.self) { group in
                for _ in 0..<8 {
                    group.addTask { try StateFile.open(at: folder + "/state") }
                }
                for try await file in group {
                    #expect(try await file.read { try $0.schemaVersion() } != "")
                    try file.close()
                }
            }
        }
    }

    @Test("A closed file says so, and closing it again is harmless")
    func closed() async throws {
        try await withFolder { folder in
            let file = try StateFile.open(at: folder + "/state")
            let changes = try file.changes()
            try file.close()
            try file.close()
            for await _ in changes {}
            await expectStoreError(.closed) { try await file.write { _ in } }
            await expectStoreError(.closed) { try await file.read { _ in } }
            await expectStoreError(.closed) { try file.writeNow { _ in } }
            await expectStoreError(.closed) { try file.readNow { _ in } }
            await expectStoreError(.closed) { try await file.dataVersion() }
            await expectStoreError(.closed) { try file.changes() }
        }
    }

    @Test("A read sees one moment, however many questions it asks")
    func snapshot() async throws {
        try await withStateFile { file async throws in
            let (before, after) = try await file.read { reader in
                let before = try reader.organizationVersion()
                try file.writeNow { _ = try $0.saveOrganization([1], at: at(1)) }
                return (before, try reader.organizationVersion())
            }
            #expect((before, after) == (0, 0))
            #expect(try await file.read { try $0.organizationVersion() } == 1)
        }
    }

    @Test("Organizations are kept by version, and the newest is in force")
    func organizations() async throws {
        try await withStateFile { file async throws in
            #expect(try await file.read { try $0.organization() }?.version == nil)
            for number in 1...3 {
                let version = try await file.write { try $0.saveOrganization([UInt8(number), 0, 255], at: at(1)) }
                #expect(version == number)
            }
            let newest = try await file.read { try $0.organization() }
            #expect(newest?.version == 3)
            #expect(newest?.document == [3, 0, 255])
        }
    }
}
