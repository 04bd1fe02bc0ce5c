//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridSimulator
import Testing

@Suite("Simulator")
struct SimulatorTests {
    /// Seeds in each of the batches, which Swift Testing spreads over the cores; `GRIDWORK_TEST_SEEDS` changes it.
    private static let seedsPerBatch =
        ProcessInfo.processInfo.environment["GRIDWORK_TEST_SEEDS"].flatMap(UInt64.init) ?? 50
    private static let batches: UInt64 = 4

    @Test("Nothing is lost, doubled or forgotten under any fault", arguments: 0..<batches)
    func survives(batch: UInt64) throws {
        let simulator = try Simulator()
        var failures = 0
        for seed in (batch * Self.seedsPerBatch)..<((batch + 1) * Self.seedsPerBatch) where failures < 3 {
            let result = try simulator.run(seed: seed)
            guard !result.broken.isEmpty else { continue }
            failures += 1
            let found = result.broken.joined(separator: "\n")
            let trace = result.trace.joined(separator: "\n")
            Issue.record("seed \(seed), step \(result.steps):\n\(found)\nThe last that happened:\n\(trace)")
        }
    }

    @Test("The same seed gives the same run to the byte", arguments: [3, 20_261_123, 310_105_002])
    func repeats(seed: UInt64) throws {
        let first = try Simulator().run(seed: seed)
        let second = try Simulator().run(seed: seed)
        #expect(first == second)
        #expect(first.handled > 0)
    }

    @Test("Another seed gives another run")
    func differs() throws {
        let simulator = try Simulator()
        let digests = try (1...20).map { try simulator.run(seed: $0).digest }
        #expect(Set(digests).count == digests.count)
    }
}
