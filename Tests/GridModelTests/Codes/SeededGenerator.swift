//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// Repeatable random numbers: the same seed gives the same cases on every machine.
///
/// A randomised test takes its seed as an argument, so that a failure names it; `GRIDWORK_TEST_SEED=<number>` runs all
/// of them with that seed instead.
struct SeededGenerator: RandomNumberGenerator {
    /// The seeds a randomised test runs with.
    static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["GRIDWORK_TEST_SEED"]
        .flatMap(UInt64.init).map { [$0] } ?? [1, 20_261_123, 310_105_002_015_001]

    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    /// SplitMix64: a Weyl sequence, mixed.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A text of as many characters as `length` allows, each one of `alphabet`.
    mutating func text(_ alphabet: String, length: ClosedRange<Int>) -> String {
        let characters = Array(alphabet)
        return String(
            (0..<Int.random(in: length, using: &self)).map { _ in characters[index(below: characters.count)] }
        )
    }

    /// A number from 0 up to, not including, `count`.
    mutating func index(below count: Int) -> Int {
        Int.random(in: 0..<count, using: &self)
    }
}
