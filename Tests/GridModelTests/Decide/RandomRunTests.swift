//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridModel

@Suite("Random runs")
struct RandomRunTests {
    /// Runs in each of the batches, which Swift Testing spreads over the cores; `GRIDWORK_TEST_RUNS` changes it.
    private static let runsPerBatch =
        ProcessInfo.processInfo.environment["GRIDWORK_TEST_RUNS"].flatMap(UInt64.init) ?? 500
    private static let batches: UInt64 = 8

    @Test(
        "Whatever people do and however mail travels, the pages agree and the order gets done",
        arguments: 0..<batches
    )
    func pagesAgree(batch: UInt64) {
        var failures = 0
        for seed in (batch * Self.runsPerBatch)..<((batch + 1) * Self.runsPerBatch) where failures < 3 {
            var run = RandomRun(seed: seed)
            let broken = run.run()
            if !broken.isEmpty {
                failures += 1
                Issue.record("seed \(seed), after \(run.steps) steps:\n\(broken.joined(separator: "\n"))")
            }
        }
    }

    @Test("The same messages give the same pages, history and mail", arguments: [1, 20_261_123, 310_105_002])
    func replays(seed: UInt64) {
        var run = RandomRun(seed: seed)
        #expect(run.run() == [])
        var again = MemoryGrid(hosting: run.grid.hosting)
        for (message, now) in run.grid.log {
            again.now = now
            again.handle(message)
        }
        #expect(again.sent == run.grid.sent)
        #expect(again.assignments == run.grid.assignments)
        #expect(again.legs == run.grid.legs)
        #expect(again.escalations == run.grid.escalations)
        #expect(again.history == run.grid.history)
    }
}
