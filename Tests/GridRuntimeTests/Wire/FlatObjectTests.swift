//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import Testing

@testable import GridRuntime

@Suite("Flat JSON objects, against Foundation's")
struct FlatObjectTests {
    @Test("Bodies are written byte for byte as Foundation writes them")
    func writes() throws {
        var random = SystemRandomNumberGenerator()
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for _ in 0..<3_000 {
            let assignment = Bool.random() ? AssignmentID("310105002-20261123-0007.12.3") : nil
            let report = AddressedBody(
                assignment: assignment,
                body: ReportBody(
                    state: AssignmentState.allCases.randomElement() ?? .issued,
                    revision: .random(in: 0...1_000_000),
                    note: Bool.random() ? text(&random) : nil
                )
            )
            #expect(report.flat.json == Array(try encoder.encode(report)))
            let action = AddressedBody(
                assignment: assignment,
                body: ActionBody(
                    note: Bool.random() ? text(&random) : nil,
                    answer: AnswerKind.allCases.randomElement(),
                    dueAt: Bool.random() ? Instant(milliseconds: .random(in: 0...4_000_000_000_000)) : nil,
                    post: PostAddress("liaison@31010500201500101001")
                )
            )
            #expect(action.flat.json == Array(try encoder.encode(action)))
            let reply = AddressedBody(assignment: assignment, body: ReplyBody(revision: 3, note: text(&random)))
            #expect(reply.flat.json == Array(try encoder.encode(reply)))
        }
    }

    @Test("An object of very many members is left to Foundation, since comparing their names takes long")
    func leavesManyMembers() {
        func object(of count: Int) -> [UInt8] {
            Array("{\((0..<count).map { "\"\($0)\":1" }.joined(separator: ","))}".utf8)
        }
        #expect(FlatObject(object(of: 64))?.members.count == 64)
        #expect(FlatObject(object(of: 65)) == nil)
        #expect(FlatObject(object(of: 27_000)) == nil)
    }

    @Test("What Foundation writes is read back as it was, however it is spaced and escaped")
    func reads() throws {
        var random = SystemRandomNumberGenerator()
        for number in 0..<3_000 {
            let encoder = JSONEncoder()
            encoder.outputFormatting = number % 2 == 0 ? [.prettyPrinted] : []
            let report = AddressedBody(
                assignment: AssignmentID("310105002-20261123-0007.12.3"),
                body: ReportBody(state: .accepted, revision: number, note: text(&random))
            )
            let json = Array(try encoder.encode(report))
            // Escapes of four digits are Foundation's.
            guard let object = FlatObject(json) else {
                #expect(String(decoding: json, as: UTF8.self).contains("\\u"))
                continue
            }
            let read = try AddressedBody<ReportBody>(flat: object)
            #expect(read.assignment == report.assignment && read.body == report.body)
        }
    }

    @Test("Whatever is read of damaged bytes, Foundation reads alike")
    func damaged() throws {
        var random = SystemRandomNumberGenerator()
        let encoder = JSONEncoder()
        var read = 0
        for _ in 0..<20_000 {
            let action = AddressedBody(
                assignment: AssignmentID("310105002-20261123-0007"),
                body: ActionBody(note: text(&random), answer: .carryOn, dueAt: Instant(milliseconds: 0))
            )
            var json = Array(try encoder.encode(action))
            for _ in 0..<Int.random(in: 1...3) { Self.damage(&json) }
            guard let object = FlatObject(json) else { continue }
            read += 1
            let names = try BodyCoder().memberNames(of: json)
            #expect(Set(names) == Set(object.members.map(\.name)))
            guard let flat = try? AddressedBody<ActionBody>(flat: object) else { continue }
            let decoded = try JSONDecoder().decode(AddressedBody<ActionBody>.self, from: Data(json))
            #expect(flat.assignment == decoded.assignment && flat.body == decoded.body)
        }
        #expect(read > 1_000)
    }

    @Test(
        "Everything unusual is left to Foundation",
        arguments: [
            "", " ", "[]", "{", "{}x", #"{"a":1,}"#, #"{"a":01}"#, #"{"a":-1}"#, #"{"a":1.0}"#, #"{"a":1e3}"#,
            #"{"a":1234567890123456789}"#, #"{"a":true}"#, #"{"a":{}}"#, #"{"a":[]}"#, #"{"a":"b","a":"c"}"#,
            #"{"a":"\u0041"}"#, #"{"a":"\x"}"#, #"{"a":"b}"#, "{\"a\":\"\n\"}",
            #"{"a" "b"}"#, #"{a:"b"}"#, #"{"a":nul}"#,
            #"{"a":"b"} {}"#, #"{"a":"\"#,
        ]
    )
    func unusual(json: String) {
        #expect(FlatObject(Array(json.utf8)) == nil)
    }

    @Test("Bytes that are no UTF-8 are not read")
    func noUTF8() {
        for bad: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xe7, 0xad]] {
            #expect(FlatObject(Array(#"{"a":""#.utf8) + bad + Array(#""}"#.utf8)) == nil)
            #expect(FlatObject(Array(#"{"a":"\n"#.utf8) + bad + Array(#""}"#.utf8)) == nil)
        }
    }

    /// A text of up to forty characters from all over Unicode, many of them such as JSON escapes.
    private func text(_ random: inout SystemRandomNumberGenerator) -> String {
        let special = Array("\"\\/\n\r\t\u{8}\u{c}\u{1}\u{1f}\u{7f}\u{2028}签收é👩‍👧".unicodeScalars)
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...40, using: &random) {
            let isSpecial = Int.random(in: 0..<4, using: &random) == 0
            let any = Unicode.Scalar(UInt32.random(in: 1...0x2ffff, using: &random)) ?? "x"
            text.append(isSpecial ? special.randomElement(using: &random) ?? "x" : any)
        }
        return String(text)
    }

    private static func damage(_ json: inout [UInt8]) {
        guard let index = json.indices.randomElement() else { return }
        switch Int.random(in: 0..<4) {
        case 0: json[index] = .random(in: 0...255)
        case 1: json.remove(at: index)
        case 2: json.insert(Array("{}[]\",: \\0n\n".utf8).randomElement() ?? 0, at: index)
        default: json.insert(contentsOf: Array(#""note":"x","#.utf8), at: min(index, 1))
        }
    }
}
