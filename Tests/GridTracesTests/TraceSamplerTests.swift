//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridTraces

@Suite("Which traces are recorded")
struct TraceSamplerTests {
    @Test(
        "About the share that was asked for, of names that differ in their last digits only",
        arguments: [0.01, 0.25, 0.9]
    )
    func share(ratio: Double) {
        let sampler = TraceSampler(ratio: ratio)
        let count = 100_000
        let recorded = (0..<count).count { sampler.samples(TraceID(derivedFrom: "310105002-20261123-\($0)")) }
        #expect(abs(Double(recorded) / Double(count) - ratio) < 0.01)
    }

    @Test("All of them, or none")
    func ends() throws {
        let last = try #require(TraceID(high: 0, low: .max))
        let first = try #require(TraceID(high: 1, low: 0))
        #expect(TraceSampler(ratio: 1).samples(last))
        #expect(!TraceSampler(ratio: 0).samples(first))
        #expect(!TraceSampler(ratio: 0.999).samples(last))
        #expect(TraceSampler(ratio: 0.001).samples(first))
    }

    @Test("What a small share records, a larger one records too")
    func nested() {
        let (small, large) = (TraceSampler(ratio: 0.1), TraceSampler(ratio: 0.4))
        let traces = (0..<1_000).map { TraceID(derivedFrom: "order \($0)") }
        #expect(traces.allSatisfy { !small.samples($0) || large.samples($0) })
    }
}
