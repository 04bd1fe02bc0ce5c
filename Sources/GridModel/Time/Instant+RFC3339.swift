//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

extension Instant {
    /// The instants that RFC 3339 can write in UTC, whose years have four digits: 0000 to 9999.
    package static let writable =
        Instant(milliseconds: -62_167_219_200_000)...Instant(milliseconds: 253_402_300_799_999)

    /// Parses an RFC 3339 date-time with a `Z` or numeric offset; returns nil when it is not one (RFC 3339, 5.6), or when
    /// it lies outside `writable`: a node that passes it on could not write it so that the next one reads it.
    ///
    /// A leap second counts as the second after it; digits beyond milliseconds are cut off.
    package init?(rfc3339 text: String) {
        guard let instant = text.withBytes(Self.read) else { return nil }
        self = instant
    }

    private static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Instant? {
        var reader = DigitReader(bytes)
        guard let year = reader.digits(4), reader.skip("-"), let month = reader.digits(2), reader.skip("-"),
            let day = reader.digits(2), reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.digits(2), reader.skip(":"), let minute = reader.digits(2), reader.skip(":"),
            let second = reader.digits(2),
            let date = CalendarDay(year: year, month: month, day: day),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var fraction: Int64 = 0
        if reader.skip(".") {
            guard let value = reader.fraction() else { return nil }
            fraction = value
        }
        guard let offset = reader.offsetMinutes(), reader.isAtEnd else { return nil }
        let seconds = hour * 3_600 + minute * 60 + second - offset * 60
        let instant = Instant(milliseconds: date.daysSinceEpoch * 86_400_000 + seconds * 1_000 + fraction)
        return writable.contains(instant) ? instant : nil
    }
}

extension Instant: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let instant = Instant(rfc3339: text) else {
            throw DecodingError.misfit(
                "a time is RFC 3339 with an offset, like 2026-12-01T18:00:00+08:00",
                at: decoder.codingPath
            )
        }
        self = instant
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Reads fixed fields off the front of an ASCII text.
private struct DigitReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func digits(_ count: Int) -> Int64? {
        let end = position + count
        guard end <= bytes.count, bytes.areDigits(position, end) else { return nil }
        defer { position = end }
        return bytes[position..<end].reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    /// The digits after a decimal point, as milliseconds.
    mutating func fraction() -> Int64? {
        let start = position
        var value: Int64 = 0
        while position < bytes.count, bytes.areDigits(position, position + 1) {
            if position - start < 3 { value = value * 10 + Int64(bytes[position] - 0x30) }
            position += 1
        }
        guard position > start else { return nil }
        for _ in min(position - start, 3)..<3 { value *= 10 }
        return value
    }

    mutating func offsetMinutes() -> Int64? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int64
        if skip("+") {
            sign = 1
        } else if skip("-") {
            sign = -1
        } else {
            return nil
        }
        guard let hours = digits(2), skip(":"), let minutes = digits(2), hours < 24, minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }
}
