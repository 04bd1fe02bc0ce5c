//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import Testing

@testable import GridRuntime

@Suite("Which process holds a mailbox")
struct MailboxHolderTests {
    private static let mailboxes = (1...1_500).map { "cell.3101050020150\($0).liaison" }

    @Test("Mailboxes spread evenly over equal processes", arguments: [2, 3])
    func spread(count: Int) {
        let processes = Self.candidates(["4711:100:0", "4712:102:0", "4713:103:0"].prefix(count))
        let held = Dictionary(grouping: Self.mailboxes) { MailboxHolder.name(of: $0, among: processes) }
        for process in processes {
            let part = Double(held[process.name]?.count ?? 0) * Double(count) / Double(Self.mailboxes.count)
            #expect((0.8...1.2).contains(part), "\(process.name) has \(part) of an even part")
        }
    }

    @Test("There is one, and it does not depend on who asks, nor on the order", arguments: [1, 20_261_124])
    func same(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for mailbox in Self.mailboxes {
            let processes = Self.some(Int.random(in: 1...9, using: &random), &random)
            let holder = MailboxHolder.name(of: mailbox, among: processes)
            #expect(processes.count { $0.name == holder } == 1)
            #expect(MailboxHolder.name(of: mailbox, among: processes.shuffled(using: &random)) == holder)
        }
        #expect(MailboxHolder.name(of: "m", among: []) == nil)
    }

    @Test("When one comes, only what it gets moves; when one goes, only what it had", arguments: [2, 20_261_125])
    func fewMoves(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for mailbox in Self.mailboxes {
            let all = Self.some(Int.random(in: 2...9, using: &random), &random)
            let one = try #require(all.randomElement(using: &random))
            let (with, without) = (
                MailboxHolder.name(of: mailbox, among: all),
                MailboxHolder.name(of: mailbox, among: all.filter { $0 != one })
            )
            #expect(with == one.name || with == without)
        }
        let (before, after) = (Self.candidates(["1:1:0", "2:2:0"]), Self.candidates(["1:1:0", "2:2:0", "3:3:0"]))
        let moved = Self.mailboxes.count {
            MailboxHolder.name(of: $0, among: before) != MailboxHolder.name(of: $0, among: after)
        }
        #expect((400...600).contains(moved), "a third of them move, not \(moved)")
    }

    @Test("Two that count each other in never both take themselves for it, whoever else they take for dead")
    func differing() {
        let all = Self.candidates(["1:1:0", "2:2:0", "3:3:0", "4:4:0"])
        for mailbox in Self.mailboxes {
            let first = MailboxHolder.name(of: mailbox, among: [all[0], all[1], all[2]])
            let second = MailboxHolder.name(of: mailbox, among: [all[0], all[1], all[3]])
            #expect(first != "1:1:0" || second != "2:2:0")
        }
    }

    @Test("Who is there for the fewest mailboxes has them")
    func narrow() {
        let wide = Self.candidates(["1:1:0", "2:2:0"], breadth: 164)
        let narrow = Self.candidates(["3:3:0"], breadth: 1)
        for mailbox in Self.mailboxes {
            #expect(MailboxHolder.name(of: mailbox, among: wide + narrow) == "3:3:0")
        }
    }

    private static func candidates(_ names: some Sequence<String>, breadth: Int = 7) -> [MailboxHolder.Candidate] {
        names.map { MailboxHolder.Candidate(name: $0, breadth: breadth) }
    }

    private static func some(_ count: Int, _ random: inout SeededGenerator) -> [MailboxHolder.Candidate] {
        (1...count).map { number in
            let name = "\(number):\(Int.random(in: 1...99_999, using: &random)):0"
            return MailboxHolder.Candidate(name: name, breadth: Int.random(in: 1...3, using: &random))
        }
    }
}
