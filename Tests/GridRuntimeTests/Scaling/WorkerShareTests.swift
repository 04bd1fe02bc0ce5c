//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import Testing

@testable import GridRuntime

@Suite("How workers are shared between processes")
struct WorkerShareTests {
    @Test("The shares add up, differ by one at most, and do not depend on who asks", arguments: [1, 20_261_124])
    func addUp(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let processes = Self.processes(Int.random(in: 1...9, using: &random), &random)
            let total = Int.random(in: 0...64, using: &random)
            let mailbox = "cell.\(Int.random(in: 1...999, using: &random)).liaison"
            let shares = processes.map {
                WorkerShare.share(of: total, for: $0, among: processes, mailbox: mailbox)
            }
            #expect(shares.reduce(0, +) == total)
            #expect((shares.max() ?? 0) - (shares.min() ?? 0) <= 1)
        }
    }

    @Test("When a process goes, nobody who stays has less, and what it had goes to them", arguments: [2, 20_261_125])
    func leaving(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let processes = Self.processes(Int.random(in: 2...9, using: &random), &random)
            let rest = processes.subtracting([try #require(processes.randomElement(using: &random))])
            let total = Int.random(in: 0...64, using: &random)
            for process in rest {
                let before = WorkerShare.share(of: total, for: process, among: processes, mailbox: "m")
                let after = WorkerShare.share(of: total, for: process, among: rest, mailbox: "m")
                #expect(after >= before)
            }
        }
    }

    @Test("A single worker is not always the same process's")
    func spread() {
        let processes: Set = ["4711:100:0", "4712:102:0", "4713:103:0"]
        let mailboxes = (1...1_500).map { "cell.3101050020150\($0).liaison" }
        for process in processes {
            let count = mailboxes.count {
                WorkerShare.share(of: 1, for: process, among: processes, mailbox: $0) == 1
            }
            #expect((350...650).contains(count), "\(process) has \(count)")
        }
    }

    private static func processes(_ count: Int, _ random: inout SeededGenerator) -> Set<String> {
        var names: Set<String> = []
        while names.count < count { names.insert("\(Int.random(in: 1...99_999, using: &random)):1:0") }
        return names
    }
}
