//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel
@testable import GridStore

@Suite(.timeLimit(.minutes(1))) struct ChangesTests {
    @Test("A commit wakes whoever watches, through the same or another opening of the file")
    func wakes() async throws {
        try await withStateFile { file async throws in
            let other = try StateFile.open(at: file.path)
            var (own, others) = (try file.changes().makeAsyncIterator(), try other.changes().makeAsyncIterator())
            for version in 1...3 {
                _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
                // What woke the reader is there when it looks.
                _ = await own.next(isolation: nil)
                #expect(try await file.read { try $0.organizationVersion() } == version)
                _ = await others.next(isolation: nil)
                #expect(try await other.read { try $0.organizationVersion() } == version)
            }
            try other.close()
        }
    }

    @Test("What another process commits is there at the latest when the last change is announced")
    func neverTooEarly() async throws {
        try await withStateFile { file async throws in
            let writer = try StateFile.open(at: file.path)
            let changes = try file.changes()
            async let seen = {
                // A reader that only ever looks when it is told must still come to see the last commit.
                for await _ in changes {
                    let version = try await file.read { try $0.organizationVersion() }
                    if version == 200 { return version }
                }
                return 0
            }()
            for _ in 1...200 {
                _ = try await writer.write { try $0.saveOrganization([1], at: at(1)) }
            }
            #expect(try await seen == 200)
            try writer.close()
        }
    }

    @Test("Another process rings by setting the file's time")
    func otherProcess() async throws {
        try await withStateFile { file async throws in
            var changes = try file.changes().makeAsyncIterator()
            try await python("import os, sys; os.utime(sys.argv[1])", file.path)
            #expect(await changes.next(isolation: nil) != nil)
        }
    }

    @Test("A transaction that changed nothing, or that failed, wakes nobody")
    func silence() async throws {
        struct Abort: Error {}
        try await withStateFile { file async throws in
            var changes = try file.changes().makeAsyncIterator()
            let before = try modification(of: file.path)
            _ = try await file.write { try $0.claimOutbox(owner: "a", now: at(1), leaseMilliseconds: 1, limit: 1) }
            await #expect(throws: Abort.self) {
                try await file.write { transaction throws in
                    _ = try transaction.saveOrganization([1], at: at(1))
                    throw Abort()
                }
            }
            #expect(try modification(of: file.path) == before)
            // The next real commit is the first to be announced.
            _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
            #expect(await changes.next(isolation: nil) != nil)
            #expect(try await file.read { try $0.organizationVersion() } == 1)
        }
    }

    @Test("Many commits come as one element to a reader that was busy")
    func coalesced() async throws {
        try await withStateFile { file async throws in
            let changes = try file.changes()
            let marker = try file.changes()
            for _ in 1...50 {
                _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
            }
            // Everything has been delivered once a later watcher has heard of a later commit.
            let last = try file.changes()
            _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
            for await _ in last { break }
            for await _ in marker { break }
            try file.close()
            var count = 0
            for await _ in changes { count += 1 }
            #expect(count == 1)
        }
    }

    @Test("That a process is alive rings for nobody; what it has carried out does, and so does what is written with it")
    func alive() async throws {
        try await withStateFile { file async throws in
            let process = WorkerProcess(name: "1:1:0", duties: "node", selection: "{}", startedAt: at(1))
            try await file.write { try $0.registerProcess(process) }
            func rings(_ body: @escaping @Sendable (StoreTransaction) throws -> Void) async throws -> Bool {
                let silence = Date(timeIntervalSince1970: 0)
                try FileManager.default.setAttributes([.modificationDate: silence], ofItemAtPath: file.path)
                try await file.write(body)
                return try modification(of: file.path) != silence
            }
            @Sendable func note(_ applied: Int, at instant: Int64, in store: StoreTransaction) throws {
                #expect(
                    try store.noteProcess(
                        process.name,
                        applied: applied,
                        released: 0,
                        isServing: false,
                        report: "\(instant)",
                        at: at(instant)
                    )
                )
            }
            #expect(try await rings { try note(1, at: 2, in: $0) })
            #expect(try await !rings { try note(1, at: 3, in: $0) })
            #expect(try await rings { try note(2, at: 4, in: $0) })
            #expect(
                try await rings {
                    try note(2, at: 5, in: $0)
                    _ = try $0.admit(messageID("m"), source: "a", at: at(5))
                }
            )
            #expect(try await file.read { try $0.workerProcesses() }.first?.seenAt == at(5))
        }
    }

    @Test("Watching stops with the last watcher and starts again with the next")
    func comesAndGoes() async throws {
        try await withStateFile { file async throws in
            for _ in 1...3 {
                let task = Task {
                    for await _ in try file.changes() {}
                }
                task.cancel()
                try await task.value
                try await eventually("nobody watches") { !file.watcher.isWatching }
                var changes = try file.changes().makeAsyncIterator()
                _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
                #expect(await changes.next(isolation: nil) != nil)
            }
        }
    }

    @Test("The data version changes with commits of others only")
    func dataVersion() async throws {
        try await withStateFile { file async throws in
            let other = try StateFile.open(at: file.path)
            let first = try await file.dataVersion()
            _ = try await file.write { try $0.saveOrganization([1], at: at(1)) }
            #expect(try await file.dataVersion() == first)
            _ = try await other.write { try $0.saveOrganization([1], at: at(1)) }
            #expect(try await file.dataVersion() != first)
            try other.close()
        }
    }
}
