//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridRuntime

@Suite("Patience with a broker that refuses messages")
struct RefusalPatienceTests {
    @Test("Ten channels in a row are given up, then none until the broker has refused nothing for two minutes")
    func gives() {
        let patience = RefusalPatience()
        var now = ContinuousClock.now
        for _ in 1...RefusalPatience.most { #expect(patience.note(at: now)) }
        for _ in 1...20 {
            now += .seconds(30)
            #expect(!patience.note(at: now))
        }
        now += RefusalPatience.memory + .seconds(1)
        #expect(patience.note(at: now))
    }
}
