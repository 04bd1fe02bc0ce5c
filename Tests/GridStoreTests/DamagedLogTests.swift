//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GRDB
import Testing

@testable import GridModel
@testable import GridStore

/// What a disk that lied, or lost its power while it wrote, may leave of the log.
@Suite struct DamagedLogTests {
    /// A state file whose commits are all in the log, two messages in each.
    private struct Original {
        static let commits = 20

        let file: Data
        let log: Data
        /// Where each commit ends in the log.
        let ends: [Int]

        init(in folder: String) throws {
            let path = folder + "/original"
            // Closing brings the tables home, so that the log has the commits and nothing else.
            try StateFile.open(at: path).close()
            let state = try StateFile.open(at: path)
            var ends: [Int] = []
            for number in 1...Self.commits {
                try state.writeNow { store in
                    for half in ["a", "b"] { _ = try store.admit(messageID("\(number)\(half)"), source: "", at: at(1)) }
                }
                ends.append(try Data(contentsOf: URL(fileURLWithPath: path + "-wal")).count)
            }
            file = try Data(contentsOf: URL(fileURLWithPath: path))
            log = try Data(contentsOf: URL(fileURLWithPath: path + "-wal"))
            self.ends = ends
            try state.close()
        }

        /// Opens the file with another log, and expects the first commits of it, each whole, and room for more.
        func expect(commits: Int, with log: Data, in folder: String, _ what: Comment) throws {
            let path = folder + "/damaged"
            try file.write(to: URL(fileURLWithPath: path))
            try log.write(to: URL(fileURLWithPath: path + "-wal"))
            let state = try StateFile.open(at: path)
            let ids = try state.pool.read { try String.fetchAll($0, sql: "SELECT id FROM inbox") }
            #expect(Set(ids) == Set((0..<commits).flatMap { ["\($0 + 1)a", "\($0 + 1)b"] }), what)
            #expect(try state.readNow { try $0.integrityFindings() } == [], what)
            #expect(try state.writeNow { try $0.admit(messageID("next"), source: "", at: at(1)) }, what)
            try state.close()
            for suffix in ["", "-wal", "-shm"] where FileManager.default.fileExists(atPath: path + suffix) {
                try FileManager.default.removeItem(atPath: path + suffix)
            }
        }
    }

    @Test("A log cut off anywhere, in the middle of a frame too, leaves the commits before the cut, each whole")
    func cutOff() async throws {
        try await withFolder { folder in
            let original = try Original(in: folder)
            let cuts =
                Array(stride(from: 0, to: original.log.count, by: 1_111)) + original.ends.flatMap { [$0 - 1, $0] }
            for cut in cuts {
                let commits = original.ends.count { $0 <= cut }
                try original.expect(commits: commits, with: original.log.prefix(cut), in: folder, "cut at \(cut)")
            }
        }
    }

    @Test("A log with a wrong byte leaves the commits before it, each whole")
    func wrongByte() async throws {
        try await withFolder { folder in
            let original = try Original(in: folder)
            for place in Array(stride(from: 0, to: original.log.count, by: 1_013)) + original.ends.map({ $0 - 1 }) {
                var log = original.log
                log[place] ^= 0x55
                // Without its header a log is nothing.
                let commits = place < 32 ? 0 : original.ends.count { $0 <= place }
                try original.expect(commits: commits, with: log, in: folder, "byte \(place)")
            }
        }
    }

    @Test("Rubbish after the last commit is no commit")
    func rubbish() async throws {
        try await withFolder { folder in
            let original = try Original(in: folder)
            let frame = original.log.suffix(24 + 4_096)
            for rubbish in [Data(repeating: 0xff, count: 9_000), frame, frame.prefix(2_000), Data([0])] {
                let commits = Original.commits
                try original.expect(
                    commits: commits,
                    with: original.log + rubbish,
                    in: folder,
                    "\(rubbish.count) bytes"
                )
            }
        }
    }
}
