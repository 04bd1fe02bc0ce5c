//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import AMQP

@Suite("ConfirmLedger")
struct ConfirmLedgerTests {
    @Test("Settles each message once, in whatever order confirms come", arguments: 0..<50)
    func settlesInAnyOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        var ledger = ConfirmLedger<Int>()
        var settled: [Int] = []
        var sent = 0
        var open: Set<UInt64> = []
        while settled.count < 2_000 {
            if sent < 2_000, open.count < 300, Bool.random(using: &random) {
                sent += 1
                ledger.append(sent)
                open.insert(UInt64(sent))
            } else if let tag = open.randomElement(using: &random) {
                let multiple = Int.random(in: 0..<20, using: &random) == 0
                let expected: Set<UInt64> = multiple ? open.filter { $0 <= tag } : [tag]
                var now: [Int] = []
                try ledger.settle(tag, multiple: multiple) { now.append($0) }
                #expect(Set(now.map { UInt64($0) }) == expected)
                #expect(now == now.sorted())
                open.subtract(expected)
                settled += now
            }
            #expect(ledger.count == open.count)
        }
        #expect(Set(settled).count == 2_000)
    }

    @Test("Passes over what is settled already")
    func ignoresRepeats() throws {
        var ledger = ConfirmLedger<Int>()
        for number in 1...3 { ledger.append(number) }
        try ledger.settle(2, multiple: true) { _ in }
        try ledger.settle(1, multiple: false) { _ in Issue.record("settled twice") }
        try ledger.settle(2, multiple: true) { _ in Issue.record("settled twice") }
        #expect(ledger.count == 1)
    }

    @Test("Takes a multiple confirm of 0 for all")
    func settlesAll() throws {
        var ledger = ConfirmLedger<Int>()
        for number in 1...5 { ledger.append(number) }
        var settled: [Int] = []
        try ledger.settle(0, multiple: true) { settled.append($0) }
        #expect(settled == [1, 2, 3, 4, 5])
    }

    @Test("Refuses a confirm of what was never published")
    func refusesUnknown() {
        var ledger = ConfirmLedger<Int>()
        ledger.append(1)
        #expect(throws: AMQPError.self) { try ledger.settle(2, multiple: false) { _ in } }
        #expect(throws: AMQPError.self) { try ledger.settle(0, multiple: false) { _ in } }
    }

    @Test("Keeps counting after messages were given up")
    func removes() throws {
        var ledger = ConfirmLedger<Int>()
        for number in 1...6 { ledger.append(number) }
        var removed: [Int] = []
        ledger.removeAll(where: { $0 % 2 == 1 }) { removed.append($0) }
        #expect(removed == [1, 3, 5])
        try ledger.settle(3, multiple: false) { _ in Issue.record("had been given up") }
        var settled: [Int] = []
        try ledger.settle(4, multiple: true) { settled.append($0) }
        #expect(settled == [2, 4])
        #expect(ledger.first { _ in true } == 6)
    }
}

/// A source of chance that gives the same again for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
