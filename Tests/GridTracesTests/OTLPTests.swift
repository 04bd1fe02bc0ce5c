//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridTraces

@Suite("OTLP over HTTP")
struct OTLPTests {
    @Test("Spans are written as the mapping of OTLP to JSON has it")
    func golden() throws {
        let cause = try #require(TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
        let id = try #require(SpanID(0xab))
        let document = OTLPDocument(resource: [.init("service.name", "gridwork")], version: "1.2.3")
        var handled = Span(
            "process cell.{cell}.liaison",
            kind: .consumer,
            context: cause.at(id),
            parent: cause.spanID,
            start: 1_800_000_000_000_000_001,
            end: 1_800_000_000_000_500_000,
            attributes: [.init("messaging.system", "rabbitmq"), .init("x", "引号\" 与\n/")]
        )
        handled.links = [cause]
        let failed = Span(
            "command issue",
            kind: .internal,
            context: TraceContext(traceID: cause.traceID, spanID: id, isSampled: true),
            start: 20,
            end: 10,
            hasFailed: true
        )
        #expect(
            String(decoding: document.data(of: [handled, failed]), as: UTF8.self) == """
                {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"gridwork"}}]},\
                "scopeSpans":[{"scope":{"name":"gridwork","version":"1.2.3"},"spans":[\
                {"attributes":[{"key":"messaging.system","value":{"stringValue":"rabbitmq"}},\
                {"key":"x","value":{"stringValue":"引号\\" 与\\n/"}}],"endTimeUnixNano":"1800000000000500000","flags":1,\
                "kind":5,"links":[{"spanId":"00f067aa0ba902b7","traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}],\
                "name":"process cell.{cell}.liaison","parentSpanId":"00f067aa0ba902b7","spanId":"00000000000000ab",\
                "startTimeUnixNano":"1800000000000000001","traceId":"4bf92f3577b34da6a3ce929d0e0e4736"},\
                {"attributes":[],"endTimeUnixNano":"20","flags":1,"kind":1,"name":"command issue",\
                "spanId":"00000000000000ab","startTimeUnixNano":"20","status":{"code":2},\
                "traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}]}]}]}
                """
        )
    }

    @Test("An answer says whether spans were taken, may be sent again, or never will be")
    func answers() {
        func answer(_ status: Int, _ body: String = "", retryAfter: String? = nil) -> OTLPSender.Answer {
            OTLPSender.answer(status: status, retryAfter: retryAfter, body: Data(body.utf8))
        }
        #expect(answer(200) == .accepted(rejected: 0))
        #expect(answer(200, "{}") == .accepted(rejected: 0))
        #expect(answer(200, #"{"partialSuccess":{}}"#) == .accepted(rejected: 0))
        #expect(answer(200, #"{"partialSuccess":{"rejectedSpans":"3","errorMessage":"x"}}"#) == .accepted(rejected: 3))
        #expect(answer(200, #"{"partialSuccess":{"rejectedSpans":3}}"#) == .accepted(rejected: 3))
        #expect(answer(200, #"{"partialSuccess":{"rejectedSpans":"-3"}}"#) == .accepted(rejected: 0))
        #expect(answer(200, "<html>") == .accepted(rejected: 0))
        for status in [429, 502, 503, 504] {
            #expect(answer(status) == .unavailable(reason: "it answers \(status)", after: nil))
            #expect(answer(status, retryAfter: "7") == .unavailable(reason: "it answers \(status)", after: .seconds(7)))
        }
        #expect(answer(503, retryAfter: "86400") == .unavailable(reason: "it answers 503", after: .seconds(60)))
        #expect(answer(503, retryAfter: "-1") == .unavailable(reason: "it answers 503", after: .zero))
        #expect(answer(503, retryAfter: "Wed, 21 Oct") == .unavailable(reason: "it answers 503", after: nil))
        for status in [301, 400, 401, 404, 413, 500] {
            #expect(answer(status) == .refused(reason: "it answers \(status)"))
        }
    }

    @Test("An address without a path is that of traces")
    func addresses() throws {
        #expect(try OTLPEndpoint("http://127.0.0.1:4318").description == "http://127.0.0.1:4318/v1/traces")
        #expect(try OTLPEndpoint("https://collector/").description == "https://collector/v1/traces")
        #expect(try OTLPEndpoint("http://[::1]:4318/x/y?z=1").description == "http://[::1]:4318/x/y?z=1")
    }

    @Test(
        "What is no address is refused, and no password is repeated",
        arguments: [
            "", "collector:4318", "ftp://collector", "http://", "http://user:secret@collector", "http://c:0",
            "http://c:99999",
        ]
    )
    func badAddresses(text: String) {
        let error = #expect(throws: OTLPEndpoint.Invalid.self) { try OTLPEndpoint(text) }
        #expect(error?.description.contains("secret") == false)
    }
}
