//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridRuntime

@Suite("Whose turn it is")
struct TurnsTests {
    /// A delivery: the mailbox, the assignment, and its place among all that arrived.
    private struct Delivery: Hashable {
        var mailbox: String
        var subject: String?
        var number: Int
        var isUrgent = false
    }

    private static func turns(_ deliveries: [Delivery]) -> Turns<Delivery> {
        var turns = Turns<Delivery>()
        for delivery in deliveries {
            turns.add(delivery, of: delivery.mailbox, about: delivery.subject, isUrgent: delivery.isUrgent)
        }
        return turns
    }

    @Test("A mailbox with one message waits for one turn of a flooded one, not for the flood")
    func fair() {
        let flood = (0..<4_000).map { Delivery(mailbox: "flooded", subject: "a\($0)", number: $0) }
        var turns = Self.turns(flood + [Delivery(mailbox: "neighbour", subject: "b", number: 4_000)])
        let batch = turns.take(1_000) { _ in 1 }
        #expect(batch.count == 1_000)
        #expect(batch.firstIndex { $0.mailbox == "neighbour" } == 1)
        #expect(turns.count == 3_001)
        // However many workers the flooded one has, no more than their number goes before.
        turns = Self.turns(flood + [Delivery(mailbox: "neighbour", subject: "b", number: 4_000)])
        let scaled = turns.take(1_000) { $0 == "flooded" ? 64 : 1 }
        #expect(scaled.firstIndex { $0.mailbox == "neighbour" } == 64)
    }

    @Test("Of two flooded mailboxes each gets a part by the number of its workers")
    func weighted() {
        let flood = (0..<4_000).map { Delivery(mailbox: $0 % 2 == 0 ? "a" : "b", subject: nil, number: $0) }
        var turns = Self.turns(flood)
        for _ in 0..<2 {
            let batch = turns.take(1_000) { $0 == "a" ? 4 : 1 }
            #expect(batch.count { $0.mailbox == "a" } == 800)
            #expect(batch.count { $0.mailbox == "b" } == 200)
        }
    }

    @Test("A turn for which a batch has no room goes on with the next one, so that the oldest are not left for last")
    func unfinished() {
        let deliveries = (0..<240).map { Delivery(mailbox: "m\($0 / 80)", subject: nil, number: $0) }
        var turns = Self.turns(deliveries)
        var taken: [Int] = []
        for _ in 0..<3 {
            let batch = turns.take(100) { _ in 80 }.map(\.number)
            taken += batch
        }
        #expect(taken == Array(0..<240))
        // It was the whole turn, so the others are next.
        turns = Self.turns(deliveries)
        _ = turns.take(60) { _ in 40 }
        #expect(turns.take(80) { _ in 40 }.map(\.number) == Array(100..<120) + Array(160..<200) + Array(40..<60))
    }

    @Test("What is urgent goes first in its mailbox, but never before an earlier message of its own assignment")
    func urgent() {
        let deliveries = [
            Delivery(mailbox: "m", subject: "a", number: 0), Delivery(mailbox: "m", subject: "b", number: 1),
            Delivery(mailbox: "m", subject: "c", number: 2, isUrgent: true),
            Delivery(mailbox: "m", subject: "a", number: 3, isUrgent: true),
            Delivery(mailbox: "m", subject: "c", number: 4), Delivery(mailbox: "m", subject: nil, number: 5),
            Delivery(mailbox: "m", subject: nil, number: 6, isUrgent: true),
        ]
        var turns = Self.turns(deliveries)
        #expect(turns.take(10) { _ in 1 }.map(\.number) == [2, 4, 6, 0, 1, 3, 5])
        #expect(turns.count == 0)
        #expect(turns.take(10) { _ in 1 }.isEmpty)
    }

    @Test("Whatever comes and goes: nothing is lost, and an assignment's messages stay in order", arguments: [3, 99])
    func random(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var (turns, added, taken): (Turns<Delivery>, [Delivery], [Delivery]) = (Turns(), [], [])
            for _ in 0..<40 {
                for _ in 0..<Int.random(in: 0...20, using: &random) {
                    let mailbox = Int.random(in: 0...3, using: &random)
                    let subject = "\(mailbox)/\(Int.random(in: 0...5, using: &random))"
                    let delivery = Delivery(
                        mailbox: "m\(mailbox)",
                        subject: Bool.random(using: &random) ? subject : nil,
                        number: added.count,
                        isUrgent: Int.random(in: 0...4, using: &random) == 0
                    )
                    turns.add(delivery, of: delivery.mailbox, about: delivery.subject, isUrgent: delivery.isUrgent)
                    added.append(delivery)
                }
                let limit = Int.random(in: 0...25, using: &random)
                let before = turns.count
                let batch = turns.take(limit) { $0 == "m1" ? 3 : 1 }
                #expect(batch.count == min(limit, before))
                taken += batch
            }
            taken += turns.take(.max) { _ in 1 }
            #expect(Set(taken) == Set(added) && taken.count == added.count)
            for (subject, messages) in Dictionary(grouping: taken, by: \.subject) where subject != nil {
                #expect(messages.map(\.number) == messages.map(\.number).sorted())
            }
        }
    }
}
