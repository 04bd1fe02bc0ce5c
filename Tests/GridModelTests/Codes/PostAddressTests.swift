//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("A post's address")
struct PostAddressTests {
    @Test("is a role, an at sign and a code")
    func parses() throws {
        let post = try #require(PostAddress("liaison@31010500201500101001"))
        #expect(post.role == "liaison")
        #expect(post.code == UnitCode("31010500201500101001"))
        #expect(post.description == "liaison@31010500201500101001")
    }

    @Test(
        "is refused when a part is missing or holds what a routing key cannot",
        arguments: [
            "", "@", "liaison", "liaison@", "@310105002", "Liaison@310105002", "li.aison@310105002", "*@310105002",
            "#@310105002", "cell leader@310105002", "片长@310105002", "liaison@310105002@", "liaison@@310105002",
            "liaison@310105002.", " liaison@310105002", "liaison@\u{301}310105002", "liaison@310105002015001010011",
            "a123456789b123456789c123456789d123456789e@310105002",
        ]
    )
    func refuses(text: String) {
        #expect(PostAddress(text) == nil)
    }

    @Test("reads back what it writes", arguments: SeededGenerator.seeds)
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let role = generator.text("abcxyz019-", length: 1...40)
            let code = try #require(UnitCode(generator.text("0123456789", length: 1...20)))
            let post = PostAddress(role: role, code: code)
            #expect(PostAddress(post.description) == post)
            let json = try JSONEncoder().encode([post])
            #expect(try JSONDecoder().decode([PostAddress].self, from: json) == [post])
        }
    }

    @Test("never traps on arbitrary text, and accepts only what it would write", arguments: SeededGenerator.seeds)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let text = generator.text("a-@@012.片\u{301}\0", length: 0...12)
            if let post = PostAddress(text) { #expect(Array(post.description.utf8) == Array(text.utf8)) }
        }
    }

    @Test("sorts by place first, so that a unit's posts stand together")
    func order() throws {
        let texts = ["office@310105002", "cell-leader@310105002001", "office@310105002001", "liaison@310105002002"]
        let posts = try texts.map { try #require(PostAddress($0)) }
        #expect(posts.reversed().sorted() == posts)
    }

    @Test("tells how it is written when JSON holds something else")
    func json() {
        let error = #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([PostAddress].self, from: Data(#"["310105002@office"]"#.utf8))
        }
        #expect(error.map(String.init(describing:))?.contains("role@code") == true)
    }
}
