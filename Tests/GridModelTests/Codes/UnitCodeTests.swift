//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("A unit's code")
struct UnitCodeTests {
    @Test("is 1 to 20 digits", arguments: ["1", "310105002", "310105002015001", "31010500201500101001"])
    func accepts(text: String) throws {
        let code = try #require(UnitCode(text))
        #expect(code.digits == text)
        #expect(code.description == text)
        #expect(code.length == text.count)
    }

    @Test(
        "is nothing but ASCII digits",
        arguments: [
            "", " ", "31010500 2", "310105002 ", "-1", "+1", "1.5", "31010500x", "３１０１０５００２", "٣١٠", "1\u{301}",
            "1\n", "310105002015001010011",
        ]
    )
    func refuses(text: String) {
        #expect(UnitCode(text) == nil)
    }

    @Test("gives its leading digits, and nothing when asked for none or for more than it has")
    func prefixes() throws {
        let code = try #require(UnitCode("310105002015001"))
        #expect(code.prefix(9)?.digits == "310105002")
        #expect(code.prefix(15) == code)
        #expect(code.prefix(16) == nil)
        #expect(code.prefix(0) == nil)
        #expect(code.prefix(-1) == nil)
    }

    @Test(
        "contains exactly the codes that begin with it, and sorts them right behind itself",
        arguments: SeededGenerator.seeds
    )
    func containment(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<3_000 {
            // Two digits only, so that one code often begins another.
            let left = try #require(UnitCode(generator.text("01", length: 1...8)))
            let right = try #require(UnitCode(generator.text("01", length: 1...8)))
            let begins = Array(right.digits).starts(with: Array(left.digits))
            #expect(left.contains(right) == begins)
            if begins { #expect(left <= right) }
            #expect((left < right) == Array(left.digits.utf8).lexicographicallyPrecedes(Array(right.digits.utf8)))
        }
    }

    @Test("is a string in JSON and nothing else")
    func json() throws {
        let code = try #require(UnitCode("310105002"))
        #expect(try JSONEncoder().encode([code]) == Data(#"["310105002"]"#.utf8))
        #expect(try JSONDecoder().decode([UnitCode].self, from: Data(#"["310105002"]"#.utf8)) == [code])
        for text in ["[310105002]", #"["31010500x"]"#, "[null]"] {
            #expect(throws: DecodingError.self) { try JSONDecoder().decode([UnitCode].self, from: Data(text.utf8)) }
        }
    }
}
