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
        ProcessInfo.processInfo.environment["GRIDWORK_TEST_RUNS"].flatMap(UInt64.init) ?? 375
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

    @Test("Random runs reach every kind of mail, every line of history and every reason to refuse")
    func reachEverything() {
        var mail: Set<MailEvent> = []
        var history: Set<HistoryEntry.Event> = []
        var reasons: Set<RefusalReason> = []
        for seed in 0..<UInt64(100) {
            var run = RandomRun(seed: seed)
            _ = run.run()
            mail.formUnion(run.grid.sent.map(\.body.event))
            for lines in run.grid.history.values { history.formUnion(lines.map(\.event)) }
            reasons.formUnion(run.grid.refusals.map(\.reason))
        }
        #expect(mail == Set(MailEvent.allCases).subtracting([.refused]))
        #expect(history == Set(HistoryEntry.Event.allCases))
        #expect(reasons == Set(RefusalReason.allCases))
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
