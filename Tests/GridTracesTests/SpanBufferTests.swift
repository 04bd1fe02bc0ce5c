//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridTraces

@Suite("Spans that wait for the collector")
struct SpanBufferTests {
    private func spans(_ count: Int) -> [Span] {
        (0..<count).map { number in
            let context = TraceContext(
                traceID: TraceID(derivedFrom: "trace"),
                spanID: SpanID(derivedFrom: "\(number)"),
                isSampled: true
            )
            return Span("step", kind: .internal, context: context, start: UInt64(number))
        }
    }

    @Test("There are never more than fit, and what did not fit is counted")
    func bounded() {
        let buffer = SpanBuffer(capacity: 10, batchSize: 4)
        #expect(buffer.add(spans(7)).dropped == 0)
        #expect(buffer.add(spans(7)).dropped == 4)
        #expect(buffer.add(spans(7)).dropped == 7)
        #expect(buffer.count == 10)
        #expect(buffer.take(100).map(\.start) == [0, 1, 2, 3, 4, 5, 6, 0, 1, 2])
        #expect(buffer.add(spans(1)).dropped == 0)
    }

    @Test("Whoever takes them is woken by the first one and by a full batch, and not by each")
    func due() {
        let buffer = SpanBuffer(capacity: 100, batchSize: 3)
        #expect(buffer.add([]).isDue == false)
        #expect([1, 1, 1, 1, 1].map { buffer.add(spans($0)).isDue } == [true, false, true, false, false])
        #expect(buffer.take(4).count == 4)
        #expect(buffer.add(spans(1)).isDue == false)
        #expect(buffer.add(spans(1)).isDue)
        _ = buffer.take(100)
        #expect(buffer.add(spans(5)).isDue)
    }
}
