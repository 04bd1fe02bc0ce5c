//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridModel

/// Whole runs in which mail is lost: what is left in the pages must be enough to finish the work.
@Suite("Runs with a broker that forgets")
struct LossTests {
    @Test("Whatever mail is lost, comparing pages brings every run to its end")
    func lostMail() {
        var lost = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            var run = RandomRun(seed: seed, losing: true)
            #expect(run.run() == [], "seed \(seed)")
            lost += run.lost
        }
        #expect(lost > 1_000)
    }
}
