//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime
import GridStore
import HTTPTypes
import Testing

@testable import GridAPI

/// The figures that a node tells whoever looks after it.
@Suite struct MetricsTests {
    /// The value of a sample, as its line writes it.
    static func value(_ sample: String, in text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(sample + " ") }?.split(separator: " ").last.map(String.init)
    }

    @Test("Whoever holds the top post reads the figures; for all others there are none")
    func access() async throws {
        try await TestAPI.run { api in
            let page = try await api.get("/metrics", as: "street")
            #expect(page.status == 200)
            #expect(page.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            #expect(Self.value(#"gridwork_build_info{version="test"}"#, in: page.text) == "1")
            for person in ["community1", "leader1", "liaison1"] {
                #expect(try await api.get("/metrics", as: person).status == 404)
            }
            #expect(try await api.get("/metrics", as: nil).status == 401)
        }
    }

    @Test("The state file is told in counts by role and state, with no code of a post")
    func state() async throws {
        try await TestAPI.run { api in
            let order = try await api.issueOrder(["cascade": ["to": "cell-leader", "mode": "automatic"]])
            let text = try await api.get("/metrics", as: "street").text
            #expect(Self.value("gridwork_state_readable", in: text) == "1")
            #expect(Self.value(#"gridwork_outbox_messages{state="waiting"}"#, in: text) == "0")
            let open = try #require(
                Self.value(#"gridwork_assignments_open{role="cell-leader",state="issued"}"#, in: text).flatMap {
                    Int($0)
                }
            )
            #expect(open > 0)
            #expect(Self.value(#"gridwork_assignments_overdue{role="cell-leader"}"#, in: text) == "0")
            #expect(!text.contains("@") && !text.contains(order))
            api.clock.advance(milliseconds: 366 * 86_400_000)
            let later = try await api.get("/metrics", as: "street").text
            #expect(Self.value(#"gridwork_assignments_overdue{role="cell-leader"}"#, in: later) == "\(open)")
            #expect(try #require(Self.value("gridwork_timers_due", in: later).flatMap { Int($0) }) > 0)
        }
    }

    @Test("Requests are counted by pattern, method and status, however they are addressed")
    func requests() async throws {
        try await TestAPI.run { api in
            for order in ["a", "b"] { _ = try await api.get("/v1/orders/\(order)", as: "street") }
            _ = try await api.get("/nowhere", as: nil)
            _ = try await api.send(try #require(HTTPRequest.Method("PROPFIND")), "/nowhere", as: nil)
            let text = try await api.get("/metrics", as: "street").text
            let prefix = "gridwork_http_requests_total"
            let order = #"method="GET",route="/v1/orders/{order}""#
            #expect(Self.value(#"\#(prefix){\#(order),status="404"}"#, in: text) == "2")
            #expect(Self.value(#"\#(prefix){method="GET",route="NotFound",status="404"}"#, in: text) == "1")
            #expect(Self.value(#"\#(prefix){method="other",route="NotFound",status="404"}"#, in: text) == "1")
            #expect(Self.value("gridwork_http_request_duration_seconds_count{\(order)}", in: text) == "2")
        }
    }
}
