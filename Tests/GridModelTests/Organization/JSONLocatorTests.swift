//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("The JSON locator")
struct JSONLocatorTests {
    private func place(_ pointer: String, in text: String) -> JSONLocator.Position? {
        JSONLocator.positions(of: [pointer], in: Array(text.utf8))?.first
    }

    private static let sample = """
        {
          "name": "江苏路街道", "留": [1, -2.5e+3, true, null],
          "units": [
            {"code": "310105002", "holder": "甲"},
            {"code": "310105002001",
             "holder": ""}, [[], {}, [ {"a/b": {"m~n": 7}} ]]
          ],
          "": {"": 0}, "0": "zero", "quote\\"d": 1, "\\u7559\\ud83d\\ude00": 2, "e\\u0301": 3, "\\u00e9": 4,
          "name": "twice"
        }
        """

    @Test(
        "finds the line and the column of what a pointer names",
        arguments: [
            ("", 1, 1), ("/name", 2, 11), ("/留", 2, 25), ("/留/0", 2, 26), ("/留/1", 2, 29), ("/留/2", 2, 38),
            ("/留/3", 2, 44), ("/units", 3, 12), ("/units/0", 4, 5), ("/units/0/code", 4, 14),
            ("/units/0/holder", 4, 37),
            ("/units/1/holder", 6, 16), ("/units/2", 6, 21), ("/units/2/0", 6, 22), ("/units/2/2/0/a~1b", 6, 40),
            ("/units/2/2/0/a~1b/m~0n", 6, 48), ("/", 8, 7), ("//", 8, 12), ("/0", 8, 21), ("/quote\"d", 8, 41),
            ("/留😀", 8, 66), ("/e\u{301}", 8, 80), ("/\u{e9}", 8, 93),
        ] as [(String, Int, Int)]
    )
    func finds(pointer: String, line: Int, column: Int) {
        #expect(place(pointer, in: Self.sample) == JSONLocator.Position(line: line, column: column))
    }

    @Test(
        "finds the nearest value around one that is missing",
        arguments: [
            ("/units/1/name", "/units/1"), ("/units/9/code", "/units"), ("/units/01", "/units"), ("/units/-", "/units"),
            ("/units/+1", "/units"), ("/name/first/letter", "/name"), ("/levels/0/name", ""),
            ("/units/2/0/0", "/units/2/0"),
            ("/units/2/1/x", "/units/2/1"), ("units", ""), ("#/units", ""), ("/units/2/2/0/a~2b", "/units/2/2/0"),
            ("/units/2/2/0/a~", "/units/2/2/0"), ("/units/2/2/0/a~01b", "/units/2/2/0"),
        ]
    )
    func findsAncestor(pointer: String, ancestor: String) {
        #expect(place(pointer, in: Self.sample) == place(ancestor, in: Self.sample))
        #expect(place(pointer, in: Self.sample) != nil)
    }

    @Test("answers in the order of the pointers, however many there are and however often one is asked for")
    func order() throws {
        let pointers = ["/units/0/code", "/missing", "/name", "/units/0/code", ""]
        let positions = try #require(JSONLocator.positions(of: pointers, in: Array(Self.sample.utf8)))
        #expect(positions == pointers.compactMap { place($0, in: Self.sample) })
        #expect(JSONLocator.positions(of: [], in: Array(Self.sample.utf8)) == [])
    }

    @Test("knows a text that is one value, with blanks around it, carriage returns and a byte order mark")
    func wholeText() {
        #expect(place("", in: "7") == .init(line: 1, column: 1))
        #expect(place("/0", in: "\r\n\t [ 7 ]\r\n") == .init(line: 2, column: 5))
        #expect(place("/a", in: "\u{feff}{\"a\": 1}") == .init(line: 1, column: 7))
    }

    @Test("goes with the decoder where a name comes twice and where a comma is left over")
    func likeTheDecoder() throws {
        let text = #"{"a": {"b": 1}, "a": {"b": 2, "c": 3},}"#
        let decoded = try JSONDecoder().decode([String: [String: Int]].self, from: Data(text.utf8))
        #expect(decoded["a"] == ["b": 1])
        #expect(place("/a/b", in: text) == .init(line: 1, column: 13))
        #expect(place("/a/c", in: text) == .init(line: 1, column: 7))
    }

    @Test(
        "gives nothing for what is not JSON",
        arguments: [
            "", " ", "{", "[", "]", "}", "{]", "[}", "[1", "[1 2]", "[,]", "[1,,2]", "{1: 2}", #"{"a"}"#, #"{"a" 1}"#,
            #"{"a": }"#, #"{"a": 1 "b": 2}"#, "\"", "\"\\", "\"\\u12", "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\n\"",
            "\"\\udc00\"", "\"\\x\"", "\"\n\"", "1 2", "[] []", "\u{feff}", "<a/>", "'a'",
        ]
    )
    func refuses(text: String) {
        #expect(place("", in: text) == nil)
    }

    @Test("follows nesting as deep as the decoder does and no deeper")
    func nesting() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        let deepest = String(repeating: "/0", count: 511)
        #expect(place(deepest, in: nested(512)) == .init(line: 1, column: 512))
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(nested(512).utf8)) }
        #expect(place("", in: nested(513)) == nil)
        #expect(place("", in: String(repeating: "[", count: 1_000_000)) == nil)
    }

    @Test("gives nothing for a text cut off anywhere")
    func truncated() {
        let bytes = Array(Self.sample.utf8)
        for count in 0..<bytes.count {
            #expect(JSONLocator.positions(of: ["/units/1"], in: Array(bytes[..<count])) == nil, "\(count) bytes")
        }
    }

    @Test("never traps, and finds a place wherever the decoder reads", arguments: SeededGenerator.seeds)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let alphabet = Array(#"{}[]",:\/u0a1-e "#.utf8) + [0x0a, 0x00, 0x80, 0xe7, 0xff]
        for _ in 0..<4_000 {
            var bytes = Array(Self.sample.utf8)
            for _ in 0...generator.index(below: 3) {
                let at = generator.index(below: bytes.count)
                switch generator.index(below: 3) {
                case 0: bytes[at] = alphabet[generator.index(below: alphabet.count)]
                case 1: bytes.insert(alphabet[generator.index(below: alphabet.count)], at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + generator.index(below: 20)))
                }
            }
            let positions = JSONLocator.positions(of: ["/units/1/holder", "/留/2", "/x"], in: bytes)
            let isRead = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            #expect(positions?.count ?? 3 == 3)
            #expect(!isRead || positions != nil, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("finds every value of a random text where it was written", arguments: SeededGenerator.seeds)
    func randomTexts(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            var writer = RandomJSON(generator: generator)
            writer.writeValue(pointer: "", depth: 0)
            generator = writer.generator
            let found = JSONLocator.positions(of: writer.pointers, in: Array(writer.text.utf8))
            #expect(found == writer.positions, "\(writer.text)")
        }
    }
}

/// Writes a random JSON text and remembers where each value went.
private struct RandomJSON {
    var generator: SeededGenerator
    private(set) var text = ""
    private(set) var pointers: [String] = []
    private(set) var positions: [JSONLocator.Position] = []
    private var line = 1
    private var column = 1

    init(generator: SeededGenerator) {
        self.generator = generator
    }

    mutating func writeValue(pointer: String, depth: Int) {
        pointers.append(pointer)
        positions.append(.init(line: line, column: column))
        switch depth < 5 ? generator.index(below: 5) : 2 + generator.index(below: 3) {
        case 0:
            write("{")
            for index in 0..<generator.index(below: 5) {
                if index > 0 { write(",") }
                writeSpace()
                // The name's number keeps names apart; its end is written in one way or another.
                let ends = [
                    ("x", "x"), ("\\n", "\n"), ("\\u7f51", "网"), ("~", "~0"), ("\\/", "~1"), ("\\ud83d\\ude80", "🚀"),
                ]
                let end = ends[generator.index(below: ends.count)]
                write("\"\(index)\(end.0)\"")
                writeSpace()
                write(":")
                writeSpace()
                writeValue(pointer: "\(pointer)/\(index)\(end.1)", depth: depth + 1)
                writeSpace()
            }
            write("}")
        case 1:
            write("[")
            for index in 0..<generator.index(below: 12) {
                if index > 0 { write(",") }
                writeSpace()
                writeValue(pointer: "\(pointer)/\(index)", depth: depth + 1)
                writeSpace()
            }
            write("]")
        case 2: write("\"\(generator.text("a格😀{}[],: ", length: 0...6))\"")
        case 3: write("-1.5e+7")
        default: write("false")
        }
    }

    private mutating func writeSpace() {
        write(generator.text(" \n\t", length: 0...2))
    }

    private mutating func write(_ part: String) {
        text += part
        for scalar in part.unicodeScalars {
            if scalar == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
        }
    }
}
