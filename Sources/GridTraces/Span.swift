//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// One step of a trace: what was done, from when to when, and because of what.
package struct Span: Sendable, Hashable {
    /// What a span is to those around it; the numbers are OTLP's (`trace.proto`, `Span.SpanKind`).
    package enum Kind: Int, Sendable {
        case `internal` = 1
        case producer = 4
        case consumer = 5
    }

    /// Something that is told of a span.
    package struct Attribute: Sendable, Hashable {
        package let key: String
        package let value: String

        /// Creates an attribute.
        package init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    /// Its place in its trace.
    package var context: TraceContext
    /// The span that caused it; nil for the first of a trace.
    package var parent: SpanID?
    /// What was done, the same words for all that is alike.
    package var name: String
    package var kind: Kind
    /// When it began and ended, in nanoseconds since 1970.
    package var start: UInt64
    package var end: UInt64
    package var attributes: [Attribute]
    /// What it has to do with in other traces.
    package var links: [TraceContext]
    /// Whether it failed; `error.type` then says of what.
    package var hasFailed: Bool

    /// Creates a span.
    package init(
        _ name: String,
        kind: Kind,
        context: TraceContext,
        parent: SpanID? = nil,
        start: UInt64,
        end: UInt64 = 0,
        attributes: [Attribute] = [],
        links: [TraceContext] = [],
        hasFailed: Bool = false
    ) {
        self.context = context
        self.parent = parent
        self.name = name
        self.kind = kind
        self.start = start
        self.end = end
        self.attributes = attributes
        self.links = links
        self.hasFailed = hasFailed
    }
}
