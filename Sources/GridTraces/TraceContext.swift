//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Where in which trace something stands, as it travels from cause to effect: the header `traceparent` of W3C Trace Context
/// (https://www.w3.org/TR/trace-context/).
package struct TraceContext: Hashable, Sendable, CustomStringConvertible {
    /// The trace.
    package let traceID: TraceID
    /// The span that what carries the context was caused by.
    package let spanID: SpanID
    /// The flags that are known: 1 for sampled (section 3.2.2.5.1), 2 for a random identifier (Level 2).
    package let flags: UInt8

    /// Whether the trace is recorded.
    package var isSampled: Bool { flags & Self.sampled != 0 }

    private static let sampled: UInt8 = 1
    private static let knownFlags: UInt8 = 3
    /// How long version 00 is; later ones may go on after a hyphen.
    private static let length = 55

    /// Creates a context.
    package init(traceID: TraceID, spanID: SpanID, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        flags = isSampled ? Self.sampled : 0
    }

    /// The same trace, seen from another of its spans; flags are kept (section 3.4: only the span changes).
    package func at(_ spanID: SpanID) -> TraceContext {
        TraceContext(traceID: traceID, spanID: spanID, flags: flags)
    }

    private init(traceID: TraceID, spanID: SpanID, flags: UInt8) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
    }

    /// Reads a header (section 3.2.2); returns nil for anything that a receiver has to ignore: wrong lengths, other digits
    /// than those of lower case, version ff, identifiers of zeros. Of a later version what 00 has is read (section 4).
    package init?(_ text: String) {
        var text = text
        guard let context = text.withUTF8({ Self.read($0) }) else { return nil }
        self = context
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> TraceContext? {
        let hyphen = UInt8(ascii: "-")
        guard bytes.count >= length, bytes[2] == hyphen, bytes[35] == hyphen, bytes[52] == hyphen,
            let version = number(bytes, 0, 2), version != 0xff,
            version == 0 ? bytes.count == length : bytes.count == length || bytes[length] == hyphen,
            let high = number(bytes, 3, 19), let low = number(bytes, 19, 35),
            let traceID = TraceID(high: high, low: low),
            let spanID = number(bytes, 36, 52).flatMap(SpanID.init),
            let flags = number(bytes, 53, 55)
        else { return nil }
        return TraceContext(traceID: traceID, spanID: spanID, flags: UInt8(flags) & knownFlags)
    }

    /// The number that hexadecimal digits in lower case write; nil for any other byte.
    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        for byte in bytes[start..<end] {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x61...0x66: digit = byte - 0x57
            default: return nil
            }
            value = value << 4 | UInt64(digit)
        }
        return value
    }

    /// The header, in version 00: whoever hands on a later version writes the highest one it knows (section 4.3).
    package var description: String { "00-\(traceID)-\(spanID)-0\(flags)" }
}
