//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridTerminal

@Suite("Keys, made of the bytes that a terminal sends")
struct TopKeyTests {
    static let keys: [(String, [TopKey])] = [
        ("q", [.character("q")]), ("江", [.character("江")]), ("\u{1b}[A", [.up]), ("\u{1b}OB", [.down]),
        ("\u{1b}[5~\u{1b}[6~", [.pageUp, .pageDown]), ("\u{1b}[H\u{1b}[4~", [.home, .end]),
        ("\u{1b}[1;5A", [.up]), ("\r\t\u{7f}", [.enter, .tab, .backspace]), ("\u{3}", [.interrupt]),
        // What means nothing here, and what follows it.
        ("\u{1b}[15~x", [.character("x")]), ("\u{1b}[200~a", [.character("a")]), ("\u{1}b", [.character("b")]),
        // Escape, and other keys straight after it.
        ("\u{1b}xy", [.escape, .character("x"), .character("y")]), ("\u{1b}\r", [.escape, .enter]),
    ]

    @Test("Whole, or split anywhere", arguments: keys)
    func parsing(_ text: String, _ keys: [TopKey]) {
        let bytes = Array(text.utf8)
        for split in 0...bytes.count {
            var parser = TopKeyParser()
            #expect(parser.read(bytes[..<split]) + parser.read(bytes[split...]) == keys, "split at \(split)")
            #expect(!parser.isPending)
        }
    }

    @Test("Escape is a key when nothing follows it, and whatever comes is bounded")
    func escape() {
        var parser = TopKeyParser()
        #expect(parser.read([0x1b]) == [] && parser.isPending)
        #expect(parser.flush() == [.escape] && !parser.isPending)
        #expect(parser.read([0x1b, 0x1b]) == [.escape])
        #expect(parser.flush() == [.escape])
        #expect(parser.read([0x1b, 0x5b]) == [] && parser.flush() == [])
        let digits = parser.read([0x1b, 0x5b] + [UInt8](repeating: 0x31, count: 14))
        #expect(digits == [] && !parser.isPending)
        // Bytes that are no UTF-8.
        #expect(parser.read([0xff, 0xc3, 0x28, 0x80, 0x61]) == [.character("a")])
    }
}
