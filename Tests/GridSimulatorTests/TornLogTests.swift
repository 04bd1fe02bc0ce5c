//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GRDB
import GridModel
import GridRuntime
import Testing

@testable import GridSimulator
@testable import GridStore

@Suite("Torn log")
struct TornLogTests {
    /// SQLite begins a log again from its start when all of it is in the database; what followed still lies behind it then.
    @Test(
        "What is torn stands right behind the last commit, and every commit is there afterwards",
        arguments: [false, true]
    )
    func torn(isBegunAgain: Bool) throws {
        let folder = FileManager.default.temporaryDirectory.path + "/gridwork-torn-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try StateFile.open(at: folder + "/state")
        func admit(_ numbers: ClosedRange<Int>) throws {
            for number in numbers {
                let id = try #require(MessageID("message-\(number)"))
                try file.writeNow { _ = try $0.admit(id, source: "a", at: Instant(milliseconds: 1)) }
            }
        }
        let messages = 105
        try admit(1...100)
        if isBegunAgain { _ = try file.pool.writeWithoutTransaction { try $0.checkpoint(.restart) } }
        try admit(101...messages)
        let log = try Data(contentsOf: URL(filePath: folder + "/state-wal"))
        // Passive: the log stays as it is, and SQLite says how many frames of it are in force.
        let frames = try file.pool.writeWithoutTransaction { try $0.checkpoint(.passive).walFrameCount }
        let end = 32 + frames * (24 + 4_096)
        #expect(isBegunAgain ? end < log.count : end == log.count)
        var random = SeededGenerator(seed: 7)
        for round in 1...20 {
            let copy = folder + "/copy-\(round)"
            try FileManager.default.copyItem(atPath: folder + "/state", toPath: copy)
            try log.write(to: URL(filePath: copy + "-wal"))
            try TornLog.write(at: copy + "-wal", random: &random)
            let torn = try Data(contentsOf: URL(filePath: copy + "-wal"))
            #expect(torn.prefix(end) == log.prefix(end))
            #expect(torn != log)
            let reopened = try StateFile.open(at: copy)
            #expect(try reopened.readNow { try $0.inboxCount() } == messages)
            #expect(try reopened.readNow { try $0.integrityFindings() } == [])
            try reopened.close()
        }
        try file.close()
    }
}
