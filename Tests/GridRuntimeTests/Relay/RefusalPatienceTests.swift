//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridRuntime

@Suite("Patience with a broker that refuses messages")
struct RefusalPatienceTests {
    @Test("Ten channels in a row are given up, then none for two minutes, however often the broker refuses")
    func gives() {
        let patience = RefusalPatience()
        let start = ContinuousClock.now
        for round in 0..<3 {
            let begun = start + (RefusalPatience.memory + .seconds(1)) * round
            for _ in 1...RefusalPatience.most { #expect(patience.note(at: begun)) }
            for seconds in stride(from: 0, through: 120, by: 30) {
                #expect(!patience.note(at: begun + .seconds(seconds)))
            }
        }
    }
}
