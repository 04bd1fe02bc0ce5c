//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import Foundation

/// Spans as OTLP writes them in JSON (`ExportTraceServiceRequest` of opentelemetry-proto 1; OTLP specification, "JSON
/// Protobuf Encoding"): identifiers are hexadecimal, numbers of 64 bits are texts, enumerations are numbers.
package struct OTLPDocument: Sendable {
    /// Who tells: attributes of the process.
    package let resource: [Span.Attribute]
    /// The name and the version of what records.
    private let scope: Document.Scope

    /// Creates an encoder.
    package init(resource: [Span.Attribute], version: String) {
        self.resource = resource
        scope = Document.Scope(name: "gridwork", version: version)
    }

    /// Writes spans.
    package func data(of spans: [Span]) -> Data {
        let document = Document(
            resourceSpans: [
                Document.ResourceSpans(
                    resource: Document.Resource(attributes: resource.map(Document.Attribute.init)),
                    scopeSpans: [Document.ScopeSpans(scope: scope, spans: spans.map(Document.Span.init))]
                )
            ]
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return try encoder.encode(document)
        } catch {
            preconditionFailure("Cannot fail to write texts and numbers as JSON")
        }
    }

    private struct Document: Encodable {
        struct ResourceSpans: Encodable {
            let resource: Resource
            let scopeSpans: [ScopeSpans]
        }

        struct Resource: Encodable {
            let attributes: [Attribute]
        }

        struct ScopeSpans: Encodable {
            let scope: Scope
            let spans: [Span]
        }

        struct Scope: Encodable {
            let name: String
            let version: String
        }

        struct Span: Encodable {
            let traceId: String
            let spanId: String
            let parentSpanId: String?
            let flags: UInt8
            let name: String
            let kind: Int
            let startTimeUnixNano: String
            let endTimeUnixNano: String
            let attributes: [Attribute]
            let links: [Link]?
            let status: Status?

            init(_ span: GridTraces.Span) {
                traceId = span.context.traceID.description
                spanId = span.context.spanID.description
                parentSpanId = span.parent?.description
                flags = span.context.flags
                name = span.name
                kind = span.kind.rawValue
                startTimeUnixNano = String(span.start)
                // A clock that was set back in between must not make a span end before it began.
                endTimeUnixNano = String(max(span.start, span.end))
                attributes = span.attributes.map(Attribute.init)
                links = span.links.isEmpty ? nil : span.links.map(Link.init)
                status = span.hasFailed ? Status(code: 2) : nil
            }
        }

        struct Link: Encodable {
            let traceId: String
            let spanId: String

            init(_ context: TraceContext) {
                traceId = context.traceID.description
                spanId = context.spanID.description
            }
        }

        /// `STATUS_CODE_ERROR`; what did not fail has none.
        struct Status: Encodable {
            let code: Int
        }

        struct Attribute: Encodable {
            struct Value: Encodable {
                let stringValue: String
            }

            let key: String
            let value: Value

            init(_ attribute: GridTraces.Span.Attribute) {
                key = attribute.key
                value = Value(stringValue: attribute.value)
            }
        }

        let resourceSpans: [ResourceSpans]
    }
}
