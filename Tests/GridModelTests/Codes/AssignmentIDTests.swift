//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("An assignment's identifier")
struct AssignmentIDTests {
    private let order = "310105002-20261123-0007"

    @Test("begins with the work order and names each leg on the way down")
    func legs() throws {
        let root = AssignmentID(rootOf: try #require(OrderID(order)))
        let leg = root.leg(12).leg(3)
        #expect(root.text == order)
        #expect(leg.description == "\(order).12.3")
        #expect(root.isRoot && !leg.isRoot)
        #expect((root.depth, root.leg(12).depth, leg.depth) == (0, 1, 2))
        #expect(leg.parent == root.leg(12))
        #expect(leg.parent?.parent == root)
        #expect(root.parent == nil)
        #expect(leg.order.text == order)
    }

    @Test(
        "is refused when an ordinal is no number from 1 to 999,999 or the case number is none",
        arguments: [
            "", ".", ".1", "7", "310105002-20261123-0007.", "310105002-20261123-0007..1", "310105002-20261123-0007.0",
            "310105002-20261123-0007.01", "310105002-20261123-0007.-1", "310105002-20261123-0007.1a",
            "310105002-20261123-0007.1.", "310105002-20261123-0007.1000000", "310105002-20261123-0007.１",
            "310105002-20261123-007.1", "310105002-20261123-0007/1", "310105002-20261123-0007.1\u{301}",
            "310105002-20261123-0007 .1",
        ]
    )
    func refuses(text: String) {
        #expect(AssignmentID(text) == nil)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([AssignmentID].self, from: JSONEncoder().encode([text]))
        }
    }

    @Test("is refused when it is longer than the longest")
    func tooLong() throws {
        let long = order + String(repeating: ".123456", count: 9)
        #expect(long.utf8.count > AssignmentID.maximumLength)
        #expect(AssignmentID(long) == nil)
    }

    @Test(
        "reads back every leg an organization can be deep, the largest ordinals included",
        arguments: SeededGenerator.seeds
    )
    func roundTrip(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1_000 {
            let issuer = generator.text("0123456789", length: 1...20)
            var id = AssignmentID(
                rootOf: try #require(OrderID("\(issuer)-20261123-\(generator.text("0123456789", length: 4...6))"))
            )
            for depth in 1..<Organization.maximumLevels {
                let parent = id
                id = parent.leg(Bool.random(using: &generator) ? 999_999 : .random(in: 1...2_000, using: &generator))
                #expect(AssignmentID(id.text) == id)
                #expect(id.parent == parent)
                #expect(id.depth == depth)
                #expect(id.order == parent.order)
            }
            #expect(try JSONDecoder().decode([AssignmentID].self, from: JSONEncoder().encode([id])) == [id])
        }
    }

    @Test("never traps on arbitrary text, and accepts only what it keeps as written", arguments: SeededGenerator.seeds)
    func fuzz(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let text = order + generator.text("..0123\u{301}-", length: 0...12)
            guard let id = AssignmentID(text) else { continue }
            #expect(id.text == text)
            #expect(id.depth == text.split(separator: ".").count - 1)
            #expect(id.isRoot == (id.parent == nil))
        }
    }
}
