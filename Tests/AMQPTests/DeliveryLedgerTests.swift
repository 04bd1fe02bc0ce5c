//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import AMQP

@Suite("DeliveryLedger")
struct DeliveryLedgerTests {
    @Test("Never acknowledges what it was not told to, and misses nothing", arguments: 0..<50)
    func acknowledgesExactly(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var ledger = DeliveryLedger()
        // What a broker would make of it.
        var unsettled: Set<UInt64> = []
        var delivered: UInt64 = 0
        for _ in 0..<400 {
            for _ in 0..<Int.random(in: 0..<8, using: &random) {
                delivered += 1
                try ledger.append(delivered)
                unsettled.insert(delivered)
            }
            let before = unsettled
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                guard let tag = unsettled.randomElement(using: &random) else { continue }
                try ledger.reject(tag)
                unsettled.remove(tag)
            case 1:
                guard let tag = (1...max(1, delivered)).randomElement(using: &random), tag <= delivered else {
                    continue
                }
                let acknowledgement = try ledger.acknowledge(upTo: tag)
                if let acknowledgement { apply([acknowledgement], to: &unsettled) }
                #expect(unsettled == before.filter { $0 > tag })
            default:
                let tags = before.filter { _ in Bool.random(using: &random) }
                apply(try ledger.acknowledge(tags.shuffled(using: &random)), to: &unsettled)
                #expect(unsettled == before.subtracting(tags))
            }
            #expect(ledger.count == unsettled.count)
        }
    }

    @Test("Acknowledges a batch without gaps in one frame")
    func acknowledgesRun() throws {
        var ledger = DeliveryLedger()
        for tag: UInt64 in 1...5 { try ledger.append(tag) }
        #expect(try ledger.acknowledge([3, 1, 2]) == [.init(tag: 3, multiple: true)])
        #expect(try ledger.acknowledge([5]) == [.init(tag: 5, multiple: false)])
        #expect(try ledger.acknowledge([4]) == [.init(tag: 4, multiple: false)])
        #expect(try ledger.acknowledge([]) == [])
    }

    @Test("Changes nothing when one of the tags is unknown or settled")
    func refuses() throws {
        var ledger = DeliveryLedger()
        for tag: UInt64 in 1...3 { try ledger.append(tag) }
        for bad: [UInt64] in [[1, 4], [2, 2], [0], [3, .max]] {
            #expect(throws: AMQPError.self) { try ledger.acknowledge(bad) }
        }
        #expect(throws: AMQPError.self) { try ledger.acknowledge(upTo: 4) }
        #expect(throws: AMQPError.self) { try ledger.append(5) }
        #expect(ledger.count == 3)
        #expect(try ledger.acknowledge([1, 2, 3]) == [.init(tag: 3, multiple: true)])
        #expect(throws: AMQPError.self) { try ledger.acknowledge([1]) }
        #expect(throws: AMQPError.self) { try ledger.reject(1) }
    }

    @Test("Knows whether so many were acknowledged lately that some may be put by", arguments: [32, 33])
    func knowsWhatWasPutBy(count: Int) throws {
        var ledger = DeliveryLedger()
        // What came by another subscription, or by none, is not added to it.
        let consumers = [(1, count), (2, 32), (0, 40)].flatMap { [Int](repeating: $0, count: $1) }
        for (index, consumer) in consumers.shuffled().enumerated() {
            try ledger.append(UInt64(index + 1), of: consumer)
        }
        let start = MonotonicTime.now
        _ = try ledger.acknowledge((1...60).map(UInt64.init), at: start)
        _ = try ledger.acknowledge(upTo: UInt64(consumers.count), at: start + .milliseconds(200))
        let answers = [200, 449, 1_000].map { ledger.mayBePutBy(at: start + .milliseconds($0)) }
        #expect(answers == [count > 32, count > 32, false])
    }

    private func apply(_ acknowledgements: [DeliveryLedger.Acknowledgement], to unsettled: inout Set<UInt64>) {
        for acknowledgement in acknowledgements {
            // A broker closes the channel for an acknowledgement that settles nothing.
            #expect(unsettled.contains(acknowledgement.tag))
            if acknowledgement.multiple {
                unsettled = unsettled.filter { $0 > acknowledgement.tag }
            } else {
                unsettled.remove(acknowledgement.tag)
            }
        }
    }
}
