//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

@Suite("A message's identifier")
struct MessageIDTests {
    @Test("is 1 to 200 printable ASCII characters without spaces")
    func bounds() {
        #expect(MessageID("a")?.text == "a")
        #expect(MessageID("!~")?.description == "!~")
        #expect(MessageID(String(repeating: "x", count: MessageID.maximumLength)) != nil)
        #expect(MessageID(String(repeating: "x", count: MessageID.maximumLength + 1)) == nil)
    }

    @Test(
        "holds nothing a log or a header could stumble over",
        arguments: ["", " ", "a b", "a\n", "\0", "\u{7f}", "é", "办件"]
    )
    func refuses(text: String) {
        #expect(MessageID(text) == nil)
    }

    @Test(
        "is derived from its cause and position alone, and differs whenever one of them does",
        arguments: SeededGenerator.seeds
    )
    func derivation(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var seen: Set<MessageID> = []
        var expected = 0
        var roots: Set<String> = []
        while roots.count < 300 { roots.insert(generator.text("abc019:-", length: 6...20)) }
        for text in roots {
            let root = try #require(MessageID(text))
            for position in 1...10 {
                #expect(root.derived(position) == MessageID("\(text)/\(position)"))
                #expect(root.derived(position) == root.derived(position))
                seen.insert(root.derived(position))
                expected += 1
            }
        }
        #expect(seen.count == expected)
    }

    @Test("of a timer names the timer, so that two processes that see it fire give it one identifier")
    func timers() throws {
        let assignment = try #require(AssignmentID("310105002-20261123-0007.12"))
        let at = Instant(milliseconds: 1_795_000_000_000)
        #expect(
            MessageID.timer(.dueExpired, of: assignment, at: at).text
                == "timer:310105002-20261123-0007.12:dueExpired:1795000000000"
        )
        let others = TimerKind.allCases.map { MessageID.timer($0, of: assignment, at: at) }
        #expect(Set(others).count == TimerKind.allCases.count)
        #expect(MessageID.timer(.dueExpired, of: assignment, at: at.adding(milliseconds: 1)) != others[3])
        #expect(TimerFiring(assignment: assignment, kind: .dueUrge, at: at).id == others[2])
    }

    @Test("stays acceptable at the end of the longest chain: down the deepest organization and up again")
    func longestChain() throws {
        var assignment = AssignmentID(
            rootOf: try #require(OrderID("\(String(repeating: "9", count: 20))-99991231-999999"))
        )
        for _ in 1..<Organization.maximumLevels { assignment = assignment.leg(999_999) }
        #expect(assignment.text.utf8.count <= AssignmentID.maximumLength)
        let last = try #require(Instant(rfc3339: "9999-12-31T23:59:59.999Z"))
        let timers = TimerKind.allCases.map { MessageID.timer($0, of: assignment, at: last) }
        // A revision, and then up only.
        for timer in timers {
            var id = timer.derived(999_999)
            for _ in 1..<Organization.maximumLevels { id = id.derived(999_999) }
            #expect(MessageID(id.text) == id, "\(id.text.utf8.count) bytes")
        }
    }

    @Test("stays acceptable at the end of the longest chain of a command, wherever its actor stands", arguments: 1...20)
    func longestChainOfCommand(codeLength: Int) throws {
        let role = String(repeating: "r", count: 40)
        let actor = PostAddress(role: role, code: try code(String(repeating: "9", count: codeLength)))
        let command = try #require(MessageID(String(repeating: "x", count: MessageID.maximumRootLength)))
        var id = MessageID.chain(of: actor, command)
        // Every level below the actor adds a digit to the codes at least, and one of them all that are left.
        let digits = 20 - codeLength
        let hops = min(Organization.maximumLevels - 1, digits)
        for hop in 0..<hops {
            let gained = hop == 0 ? digits - (hops - 1) : 1
            let legs = (0..<gained).reduce(1) { number, _ in number * 10 }
            id = id.derived(legs)
        }
        for _ in 1..<Organization.maximumLevels { id = id.derived(9) }
        #expect(MessageID(id.text) == id, "\(id.text.utf8.count) bytes")
    }

    @Test("of a command is short and without a slash, so that no command's chain can pass for a part of another's")
    func commands() throws {
        let actor = try post("liaison@31010500201500101001")
        let sound = try #require(MessageID("c"))
        let imitation = try #require(MessageID("c/1"))
        let (first, second) = (MessageID.chain(of: actor, sound), MessageID.chain(of: actor, imitation))
        #expect(second.derived(1) == first.derived(1).derived(1), "this is what the rule is for")
        #expect(sound.problemAsCommand == nil)
        #expect(imitation.problemAsCommand?.contains("slash") == true)
        let longest = String(repeating: "x", count: MessageID.maximumRootLength)
        #expect(try #require(MessageID(longest)).problemAsCommand == nil)
        #expect(try #require(MessageID(longest + "x")).problemAsCommand?.contains("100 bytes") == true)
    }
}
