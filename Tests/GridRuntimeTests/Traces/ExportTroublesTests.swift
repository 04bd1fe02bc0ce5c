//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridTraces
import InMemoryLogging
import Logging
import Testing

@testable import GridRuntime

@Suite("What the log says of a collector")
struct ExportTroublesTests {
    @Test("That it takes nothing, once in ten minutes with what was lost, and that it takes traces again")
    func silence() throws {
        let log = InMemoryLogHandler()
        let troubles = ExportTroubles(
            collector: try OTLPEndpoint("http://127.0.0.1:4318"),
            logger: Logger(label: "test") { _ in log }
        )
        var told: [String] {
            log.entries.map { "\($0.level) \($0.metadata["count"] ?? "") \($0.metadata["spans.dropped"] ?? "")" }
        }
        let start = ContinuousClock.now
        troubles.end()
        #expect(told.isEmpty)
        for second in 0..<599 { troubles.note("nobody listens there", spans: 2, at: start + .seconds(second)) }
        #expect(told == ["warning 1 2"])
        troubles.note("nobody listens there", spans: 0, at: start + .seconds(600))
        #expect(told == ["warning 1 2", "warning 600 1198"])
        troubles.end()
        troubles.end()
        #expect(told == ["warning 1 2", "warning 600 1198", "notice 600 1198"])
        troubles.note("it answers 503", spans: 0, at: start + .seconds(601))
        #expect(told.last == "warning 1 0")
    }
}
