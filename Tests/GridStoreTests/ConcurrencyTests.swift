//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GRDB
import Testing

@testable import GridModel
@testable import GridStore

@Suite struct ConcurrencyTests {
    @Test("Two processes write at once, each whole, and neither loses anything")
    func twoProcesses() async throws {
        try await withStateFile { file async throws in
            let script = """
                import sqlite3, sys
                db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
                for n in range(300):
                    db.execute("BEGIN IMMEDIATE")
                    version, = db.execute("SELECT coalesce(max(version), 0) FROM organization").fetchone()
                    db.execute("INSERT INTO organization VALUES (?, x'00', 0)", (version + 1,))
                    db.execute("COMMIT")
                """
            async let other: Void = python(script, file.path)
            for _ in 0..<300 {
                _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
            }
            try await other
            #expect(try await file.read { try $0.organizationVersion() } == 600)
            #expect(try await file.read { try $0.integrityFindings() } == [])
        }
    }

    @Test("A writer gives up when another process holds the file for longer than the busy timeout; readers never wait")
    func busy() async throws {
        try await withStateFile(busyTimeout: .milliseconds(100)) { file async throws in
            let script = """
                import sqlite3, sys
                db = sqlite3.connect(sys.argv[1], isolation_level=None)
                db.execute("BEGIN IMMEDIATE")
                print("held", flush=True)
                sys.stdin.readline()
                db.execute("ROLLBACK")
                """
            try await withPython(script, file.path) { release in
                await expectStoreError(.busy) { try await file.write { _ in } }
                #expect(try await file.read { try $0.organizationVersion() } == 0)
                try release()
            }
            _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
        }
    }

    @Test("A process that is killed inside a transaction leaves no trace and blocks nobody")
    func killedProcess() async throws {
        try await withStateFile { file async throws in
            let script = """
                import os, signal, sqlite3, sys
                db = sqlite3.connect(sys.argv[1], isolation_level=None)
                db.execute("PRAGMA cache_size = 1")
                db.execute("BEGIN IMMEDIATE")
                for n in range(1, 200):
                    db.execute("INSERT INTO organization VALUES (?, zeroblob(10000), 0)", (n,))
                os.kill(os.getpid(), signal.SIGKILL)
                """
            await #expect(throws: PythonFailed.self) { try await python(script, file.path) }
            #expect(try await file.write { try $0.saveOrganization([1], at: at(1)) } == 1)
            #expect(try await file.read { try $0.integrityFindings() } == [])
        }
    }

    @Test("A write that was cancelled before its turn changes nothing")
    func cancelledBefore() async throws {
        try await withStateFile { file async throws in
            let (started, release) = (Gate(), DispatchSemaphore(value: 0))
            async let first: Void = file.write { _ in
                started.open()
                release.wait()
            }
            await started.wait()
            let second = Task { try await file.write { try $0.saveOrganization([1], at: at(1)) } }
            second.cancel()
            release.signal()
            try await first
            await #expect(throws: CancellationError.self) { try await second.value }
            #expect(try await file.read { try $0.organizationVersion() } == 0)
        }
    }

    @Test("A write that was cancelled while it ran has committed, and says so")
    func cancelledDuring() async throws {
        try await withStateFile { file async throws in
            let (started, release) = (Gate(), DispatchSemaphore(value: 0))
            let write = Task {
                try await file.write { transaction throws in
                    let version = try transaction.saveOrganization([1], at: at(1))
                    started.open()
                    release.wait()
                    _ = try transaction.admit(messageID("m"), source: "a", at: at(1))
                    return version
                }
            }
            await started.wait()
            write.cancel()
            release.signal()
            #expect(try await write.value == 1)
            #expect(try await file.read { try $0.organizationVersion() } == 1)
        }
    }

    @Test(
        "However writes are cancelled, those that returned are there and those that threw are not",
        .timeLimit(.minutes(1))
    )
    func cancelledAtRandom() async throws {
        try await withStateFile { file async throws in
            var random = SeededGenerator(seed: 3)
            var returned: [Int] = []
            for number in 1...300 {
                let turns = random.element([0, 1, 2, 5])
                let task = Task {
                    try await file.write { transaction throws in
                        try transaction.admit(messageID("m\(number)"), source: "a", at: at(1))
                    }
                }
                for _ in 0..<turns { await Task.yield() }
                task.cancel()
                do {
                    #expect(try await task.value)
                    returned.append(number)
                } catch is CancellationError {
                    continue
                }
            }
            let there = try await file.write { [returned] transaction in
                try (1...300).filter { try !transaction.admit(messageID("m\($0)"), source: "a", at: at(1)) } == returned
            }
            #expect(there)
        }
    }

    @Test("A full file is reported as such, the transaction is undone, and the file stays sound")
    func full() async throws {
        try await withStateFile { file async throws in
            try await file.write { try $0.apply(Decision { $0.assignment = .sample() }) }
            // SQLite refuses more pages just as a full disk does.
            try await file.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 60") }
            await expectStoreError(.full) {
                try await file.write { transaction throws in
                    for number in 1...1_000 {
                        var message = StoredMessage.sample("m\(number)")
                        message.body = Array(repeating: 7, count: 4_000)
                        _ = try transaction.enqueue([message], lease: nil, at: at(1))
                    }
                }
            }
            #expect(try await file.read { try $0.outboxStatus().count } == 0)
            #expect(try await file.read { try $0.assignment(.sample()) } == .sample())
            #expect(try await file.read { try $0.integrityFindings() } == [])
            try await file.pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
            _ = try await file.write { try $0.enqueue([.sample()], lease: nil, at: at(1)) }
        }
    }

    @Test("After SQLite has rolled a transaction back, nothing of the same batch is written any more")
    func abortedTransaction() async throws {
        try await withStateFile { file async throws in
            await expectStoreError(.unexpected) {
                try await file.write { transaction throws in
                    _ = try transaction.admit(messageID("before"), source: "a", at: at(1))
                    // What SQLite does by itself on some errors.
                    try transaction.connection.db.execute(sql: "ROLLBACK")
                    _ = try transaction.enqueue([.sample()], lease: nil, at: at(1))
                }
            }
            #expect(try await file.read { try $0.outboxStatus().count } == 0)
            #expect(try await file.write { try $0.admit(messageID("before"), source: "a", at: at(1)) })
        }
    }
}
