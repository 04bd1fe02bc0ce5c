//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridMetrics

@Suite("Prometheus' text format")
struct ExpositionFormatTests {
    @Test("A family has its meaning, its kind and its figures, families and labels in order")
    func families() {
        let text = ExpositionFormat.text(of: [
            MetricFamily(.gauge("b_bytes", "Room left."), 1.5),
            MetricFamily(
                .counter("a_total", "Things done."),
                [
                    .init(["outcome": "refused", "role": "liaison"], .number(2)),
                    .init(["role": "cell-leader", "outcome": "done"], .number(12_345_678_901)),
                ]
            ),
        ])
        #expect(
            text == """
                # HELP a_total Things done.
                # TYPE a_total counter
                a_total{outcome="done",role="cell-leader"} 12345678901
                a_total{outcome="refused",role="liaison"} 2
                # HELP b_bytes Room left.
                # TYPE b_bytes gauge
                b_bytes 1.5

                """
        )
    }

    @Test("What would end a text or a line is escaped")
    func escaping() {
        let family = MetricFamily(
            .gauge("a", "A \"help\"\nwith \\ all."),
            [.init(["name": "网\"格\\\n"], .number(1))]
        )
        #expect(
            ExpositionFormat.text(of: [family]) == #"""
                # HELP a A "help"\nwith \\ all.
                # TYPE a gauge
                a{name="网\"格\\\n"} 1

                """#
        )
    }

    @Test("A histogram's buckets count all below them, and the last counts all")
    func histogram() {
        let histogram = MetricFamily.Histogram(bounds: [0.005, 1, 2.5], counts: [1, 0, 2, 4], sum: 70.25)
        let family = MetricFamily(.histogram("a_seconds", "Time."), [.init(["route": "/"], .histogram(histogram))])
        #expect(
            ExpositionFormat.text(of: [family]) == """
                # HELP a_seconds Time.
                # TYPE a_seconds histogram
                a_seconds_bucket{route="/",le="0.005"} 1
                a_seconds_bucket{route="/",le="1"} 1
                a_seconds_bucket{route="/",le="2.5"} 3
                a_seconds_bucket{route="/",le="+Inf"} 7
                a_seconds_sum{route="/"} 70.25
                a_seconds_count{route="/"} 7

                """
        )
    }

    @Test(
        "Numbers that are none, or have no end, are written as the format says",
        arguments: [
            (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (-0.25, "-0.25"), (1e20, "1e+20"),
            (-3, "-3"),
        ]
    )
    func numbers(number: Double, text: String) {
        #expect(ExpositionFormat.text(of: [MetricFamily(.gauge("a", "A."), number)]).hasSuffix("\na \(text)\n"))
    }

    @Test("A family without figures is left out")
    func empty() {
        #expect(ExpositionFormat.text(of: [MetricFamily(.gauge("a", "A."), nil)]).isEmpty)
    }
}
