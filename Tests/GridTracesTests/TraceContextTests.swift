//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Testing

@testable import GridTraces

@Suite("The header traceparent")
struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let span = "00f067aa0ba902b7"

    @Test("It is read, and written as it came", arguments: ["00", "01", "02", "03"])
    func roundTrip(flags: String) throws {
        let text = "00-\(Self.trace)-\(Self.span)-\(flags)"
        let context = try #require(TraceContext(text))
        #expect(context.traceID.description == Self.trace)
        #expect(context.spanID.description == Self.span)
        #expect(context.isSampled == (flags == "01" || flags == "03"))
        #expect(context.description == text)
    }

    @Test("Flags that nobody knows are not handed on")
    func unknownFlags() {
        #expect(TraceContext("00-\(Self.trace)-\(Self.span)-fd")?.description == "00-\(Self.trace)-\(Self.span)-01")
    }

    @Test(
        "Of a later version what this one has is read, and this one is written",
        arguments: ["", "-", "-what-follows"]
    )
    func laterVersion(rest: String) {
        let context = TraceContext("cc-\(Self.trace)-\(Self.span)-01" + rest)
        #expect(context?.description == "00-\(Self.trace)-\(Self.span)-01")
    }

    @Test(
        "Anything else is no context",
        arguments: [
            "", "00", "00-\(trace)-\(span)", "00-\(trace)-\(span)-1", "00-\(trace)-\(span)-01-",
            "00-\(trace)-\(span)-01x",
            "ff-\(trace)-\(span)-01", "0-\(trace)-\(span)-01", "cc-\(trace)-\(span)-01x", "00-\(trace)-\(span)-0g",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-\(span)-01", "00-00000000000000000000000000000000-\(span)-01",
            "00-\(trace)-0000000000000000-01", "00_\(trace)_\(span)_01", " 00-\(trace)-\(span)-01",
            "00-\(trace)-\(span)-０１", "00-\(trace.dropLast())-\(span)-01",
        ]
    )
    func refused(text: String) {
        #expect(TraceContext(text) == nil)
    }

    @Test("Another span of the same trace keeps its trace and its flags")
    func child() throws {
        let context = try #require(TraceContext("00-\(Self.trace)-\(Self.span)-03"))
        let child = context.at(SpanID(derivedFrom: "x"))
        #expect(child.traceID == context.traceID)
        #expect(child.flags == 3)
        #expect(child.spanID != context.spanID)
    }

    @Test("Identifiers that are derived are the same each time, and others for other names")
    func derived() {
        let names = (0..<10_000).map { "310105002-20261123-\($0)" }
        #expect(Set(names.map(TraceID.init(derivedFrom:))).count == names.count)
        #expect(Set(names.map(SpanID.init(derivedFrom:))).count == names.count)
        #expect(TraceID(derivedFrom: names[7]) == TraceID(derivedFrom: names[7]))
        #expect(TraceID(derivedFrom: names[7]).description == TraceID(derivedFrom: names[7]).description.lowercased())
    }
}
