//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridAPI

/// Forms with files, taken apart.
@Suite struct MultipartParserTests {
    private static let type = "multipart/form-data; boundary=----x"

    /// What a form tells, the bytes of each part together.
    private struct Part: Equatable {
        let name: String
        let isFile: Bool
        var bytes: [UInt8] = []
        var isWhole = false

        init(_ name: String, isFile: Bool = false, _ text: String = "", isWhole: Bool = true) {
            self.name = name
            self.isFile = isFile
            self.isWhole = isWhole
            bytes = Array(text.utf8)
        }
    }

    private static func parts(
        _ form: [UInt8],
        in size: Int = .max,
        type: String = Self.type
    ) throws -> (parts: [Part], isDone: Bool) {
        var parser = try #require(MultipartParser(contentType: type))
        var parts: [Part] = []
        var rest = form[...]
        while !rest.isEmpty {
            let piece = rest.prefix(size)
            rest = rest.dropFirst(piece.count)
            for event in try parser.feed(piece) {
                switch event {
                case .begin(name: let name, isFile: let isFile):
                    parts.append(Part(name, isFile: isFile, isWhole: false))
                case .bytes(let bytes): parts[parts.count - 1].bytes += bytes
                case .end: parts[parts.count - 1].isWhole = true
                }
            }
        }
        return (parts, parser.isDone)
    }

    private static func form(_ lines: String...) -> [UInt8] { Array(lines.joined(separator: "\r\n").utf8) }

    private static let sample = form(
        "------x",
        #"Content-Disposition: form-data; name="note""#,
        "",
        "几行\r\n文字",
        "------x",
        #"Content-Disposition: form-data; name="after"; filename="a;b.jpg""#,
        "Content-Type: image/jpeg",
        "",
        "\r\n------\r\n--x\r\n------y\r\n",
        "------x",
        #"content-disposition:form-data;name=empty;filename="""#,
        "",
        "",
        "------x--",
        "what follows is nobody's ------x"
    )

    @Test("A form is the same in whatever pieces it comes", arguments: [1, 2, 3, 7, 10, 100, 10_000])
    func pieces(size: Int) throws {
        let (parts, isDone) = try Self.parts(Self.sample, in: size)
        #expect(
            parts == [
                Part("note", "几行\r\n文字"),
                Part("after", isFile: true, "\r\n------\r\n--x\r\n------y\r\n"),
                Part("empty", isFile: true),
            ]
        )
        #expect(isDone)
    }

    @Test("Whatever a form is cut off at, it is not whole and nothing is made up")
    func cut() throws {
        let whole = try Self.parts(Self.sample).parts
        let end = Self.sample.count - "\r\nwhat follows is nobody's ------x".utf8.count
        for count in 0..<end {
            let (parts, isDone) = try Self.parts(Array(Self.sample.prefix(count)))
            #expect(!isDone)
            for (part, full) in zip(parts, whole) {
                #expect(full.bytes.starts(with: part.bytes), "\(count)")
                #expect(!part.isWhole || part == full, "\(count)")
            }
        }
    }

    @Test("A file of any bytes, boundaries almost in it, comes out as it was")
    func bytes() throws {
        // Few different bytes, so that they look like boundaries often.
        let few: [UInt8] = [0x0d, 0x0a, 0x2d, 0x78]
        let head = Self.form("------x", #"Content-Disposition: form-data; name="f"; filename="f""#, "", "")
        for _ in 1...50 {
            let file = (0..<Int.random(in: 0...300)).map { _ in few[Int.random(in: 0..<few.count)] }
            // No browser chooses a boundary that its file has.
            if file.contains(Array("\r\n------x".utf8)) { continue }
            let form: [UInt8] = head + file + Self.form("", "------x--")
            for size in [1, 5, 64, 1_000] {
                let (parts, isDone) = try Self.parts(form, in: size)
                #expect(parts.map(\.bytes) == [file] && isDone)
            }
        }
    }

    @Test(
        "What is no form with a boundary is not begun",
        arguments: [
            "", "multipart/form-data", "multipart/mixed; boundary=x", "multipart/form-data; boundary=",
            "application/x-www-form-urlencoded; boundary=x", "multipart/form-data; boundary=a b",
            "multipart/form-data; boundary=" + String(repeating: "x", count: 71),
        ]
    )
    func types(type: String) {
        #expect(MultipartParser(contentType: type) == nil)
    }

    @Test(
        "The boundary is read as browsers and libraries write it",
        arguments: [
            "multipart/form-data; boundary=\"----x\"", "Multipart/Form-Data;charset=utf-8; BOUNDARY=----x",
        ]
    )
    func boundaries(type: String) throws {
        #expect(try Self.parts(Self.sample, type: type).parts.count == 3)
    }

    @Test("Nothing without end is read: headers and parts are bounded, and what does not hold is refused for good")
    func bounds() throws {
        let head = Self.form("------x", "")
        let good = #"Content-Disposition: form-data; name="x""#
        let long = [UInt8](repeating: 0x61, count: MultipartParser.longestHeader + 5)
        let bodies: [[UInt8]] = [
            long, Self.form("Content-Disposition: form-data", "", "x"),
            Self.form(#"Content-Disposition: attachment; name="x""#, "", "x"),
            Self.form("Content-Type: text/plain", "", "x"), [0xff, 0xfe] + Self.form(good, "", "x"),
        ]
        var bad = bodies.map { head + $0 }
        bad.append(Self.form("------xy", good, "", "x"))
        for form in bad {
            var parser = try #require(MultipartParser(contentType: Self.type))
            #expect(throws: MultipartParser.Malformed.self) { try parser.feed(form) }
            #expect(throws: MultipartParser.Malformed.self) { try parser.feed(Self.sample) }
        }
        let part = Self.form("------x", "Content-Disposition: form-data; name=\"x\"", "", "", "")
        let many = (1...MultipartParser.mostParts + 1).flatMap { _ in part }
        #expect(throws: MultipartParser.Malformed.self) { try Self.parts(many) }
    }
}
