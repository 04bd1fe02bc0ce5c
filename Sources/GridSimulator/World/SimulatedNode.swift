//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A node: a state file, a clock, and the processes that share them.
final class SimulatedNode {
    let number: Int
    let mailboxes: [String]
    let clock: SimulatedClock
    var processes: [SimulatedProcess] = []
    /// What was seen of the file after each commit.
    var book = CommitBook()
    private(set) var store: StateFile
    private let folder: String
    private var generation = 0

    /// Creates a node whose state file is a copy of `template`.
    init(number: Int, mailboxes: [String], clock: SimulatedClock, folder: String, template: String) throws {
        self.number = number
        self.mailboxes = mailboxes
        self.clock = clock
        self.folder = folder
        let path = Self.path(folder, number, 0)
        try FileManager.default.copyItem(atPath: template, toPath: path)
        store = try StateFile.open(at: path)
    }

    /// Opens what the file would be after all its processes were killed, one of them while it wrote: database and log as
    /// they lie on the disk, copied before SQLite can tidy them up, and a torn frame behind the last commit.
    func reopenAfterKill(random: inout SeededGenerator) throws {
        let old = store.path
        generation += 1
        let path = Self.path(folder, number, generation)
        try FileManager.default.copyItem(atPath: old, toPath: path)
        if FileManager.default.fileExists(atPath: old + "-wal") {
            try FileManager.default.copyItem(atPath: old + "-wal", toPath: path + "-wal")
            try TornLog.write(at: path + "-wal", random: &random)
        }
        try store.close()
        try remove(old)
        store = try StateFile.open(at: path)
    }

    /// Closes the file and removes it.
    func remove() throws {
        try store.close()
        try remove(store.path)
    }

    private func remove(_ path: String) throws {
        for name in [path, path + "-wal", path + "-shm"] where FileManager.default.fileExists(atPath: name) {
            try FileManager.default.removeItem(atPath: name)
        }
    }

    private static func path(_ folder: String, _ number: Int, _ generation: Int) -> String {
        "\(folder)/node\(number)-\(generation).sqlite"
    }
}
