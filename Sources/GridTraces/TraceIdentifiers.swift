//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The identifier of a trace: 16 bytes, not all of them zero (W3C Trace Context, section 3.2.2.3).
package struct TraceID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes.
    package let high: UInt64
    /// The last eight bytes.
    package let low: UInt64

    /// Creates an identifier; returns nil for zero, which names no trace.
    package init?(high: UInt64, low: UInt64) {
        guard high != 0 || low != 0 else { return nil }
        self.high = high
        self.low = low
    }

    /// Derives the identifier of the trace that belongs to something with a name of its own: the same each time.
    package init(derivedFrom name: String) {
        high = Self.digest("trace, first", name)
        low = Self.digest("trace, last", name)
    }

    /// A digest that is never zero; `part` keeps digests of one name apart.
    static func digest(_ part: StaticString, _ name: String) -> UInt64 {
        // FNV-1a in 64 bits. It leaves what ends alike alike in its upper bits, and samplers compare those; the finish of
        // SplitMix64 has every bit depend on all others.
        var value: UInt64 = 0xcbf2_9ce4_8422_2325
        func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
        part.withUTF8Buffer { for byte in $0 { add(byte) } }
        add(0)
        for byte in name.utf8 { add(byte) }
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        value ^= value >> 31
        return value == 0 ? 1 : value
    }

    /// 32 hexadecimal digits in lower case.
    package var description: String { hexadecimal(high) + hexadecimal(low) }
}

/// The identifier of a span: 8 bytes, not all of them zero (W3C Trace Context, section 3.2.2.4).
package struct SpanID: Hashable, Sendable, CustomStringConvertible {
    /// The bytes.
    package let value: UInt64

    /// Creates an identifier; returns nil for zero, which names no span.
    package init?(_ value: UInt64) {
        guard value != 0 else { return nil }
        self.value = value
    }

    /// Derives the identifier of a span that belongs to something with a name of its own: the same each time.
    package init(derivedFrom name: String) {
        value = TraceID.digest("span", name)
    }

    /// Makes an identifier that no other span has.
    package static func random() -> SpanID {
        SpanID(.random(in: 1 ... .max)) ?? SpanID(derivedFrom: "never zero")
    }

    /// 16 hexadecimal digits in lower case.
    package var description: String { hexadecimal(value) }
}

/// 16 digits in lower case.
private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
