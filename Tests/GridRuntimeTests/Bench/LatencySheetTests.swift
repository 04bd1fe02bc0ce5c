//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridRuntime

@Suite("What a measurement of latency notes")
struct LatencySheetTests {
    @Test("Quantiles are what so many messages took at most")
    func quantiles() {
        let figures = LatencyFigures(of: (1...200).reversed().map { .milliseconds($0) })
        #expect((figures.messages, figures.median, figures.p99, figures.most) == (200, 100, 198, 200))
        let one = LatencyFigures(of: [.milliseconds(7)])
        #expect((one.messages, one.median, one.p99, one.most) == (1, 7, 7, 7))
        #expect(LatencyFigures(of: []).most == 0)
    }

    @Test("The first arrival of each message counts, and the first tenth of them does not")
    func sheet() {
        let sheet = LatencySheet(count: 20)
        let start = ContinuousClock.now
        // What was not sent cannot have arrived.
        sheet.arrive(3, at: start)
        sheet.send(0..<20, at: start)
        for number in 0..<19 { sheet.arrive(number, at: start + .milliseconds(number < 2 ? 500 : 10)) }
        #expect(!sheet.isComplete)
        sheet.arrive(5, at: start + .seconds(9))
        sheet.arrive(19, at: start + .milliseconds(20))
        #expect(sheet.isComplete)
        let figures = sheet.figures
        #expect((figures.messages, figures.median, figures.most) == (18, 10, 20))
    }
}
