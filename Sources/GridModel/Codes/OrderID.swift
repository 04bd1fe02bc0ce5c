//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The case number (办件编号) of a work order: `<issuer's code>-<day>-<number of the day>`.
///
/// `310105002-20261123-0007` is the seventh order the street office 310105002 issued on 23 November 2026. The number is
/// counted in the issuer's own state file inside the issuing transaction, so no two orders share it; and where an older
/// copy of that file was put back, the day goes on far above what may have been issued meanwhile.
package struct OrderID: Hashable, Sendable, CustomStringConvertible {
    /// The case number as written.
    package let text: String

    /// Parses a case number; returns nil when it is not one.
    package init?(_ text: String) {
        guard text.withBytes(Self.isCaseNumber) else { return nil }
        self.text = text
    }

    /// Creates a case number from the front of an assignment's identifier, which has been checked already.
    init(unchecked text: String) {
        self.text = text
    }

    /// The last number that there is on a day.
    package static let highestNumber = 999_999

    /// Creates the case number of the `number`-th order that `issuer` issues on `day`.
    package init(issuer: UnitCode, day: CalendarDay, number: Int) {
        precondition(
            (0...Self.highestNumber).contains(number),
            "Cannot write an order's number of the day in six digits"
        )
        self.text = "\(issuer)-\(day.compact)-\(Int64(number).padded(to: 4))"
    }

    /// The last number of a day that has to be taken for given when an older copy of a state file was put back.
    ///
    /// The copy does not know what was issued after it was made, and others have those orders. But time has passed
    /// meanwhile, and nobody issues more than 10,000 orders at once and ten in each second of a day: as many numbers are
    /// left out, the more the later it is, so that what is issued between two restorations of one day has room too.
    ///
    /// - Parameter instant: When it was put back.
    /// - Returns: 0 for later days, on which nothing had been issued.
    package static func lastNumber(of day: CalendarDay, takenBefore instant: Instant) -> Int {
        let offset = CalendarDay.chinaOffsetMinutes
        guard day.daysSinceEpoch <= CalendarDay(of: instant, offsetMinutes: offset).daysSinceEpoch else { return 0 }
        let local = instant.adding(milliseconds: offset * 60_000).milliseconds
        return 10_000 + Int(local.floored(dividingBy: 86_400_000).remainder / 100)
    }

    /// Whether `bytes` have the form `<1 to 20 digits>-<8 digits>-<4 to 6 digits>`.
    static func isCaseNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let issuerEnd = bytes.firstIndex(of: 0x2d) else { return false }
        let dayEnd = issuerEnd + 9
        return issuerEnd <= 20 && (5...7).contains(bytes.count - dayEnd) && bytes[dayEnd] == 0x2d
            && bytes.areDigits(0, issuerEnd) && bytes.areDigits(issuerEnd + 1, dayEnd)
            && bytes.areDigits(dayEnd + 1, bytes.count)
    }

    package var description: String { text }
}

extension OrderID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = OrderID(text) else {
            throw DecodingError.misfit("not a work order's case number", at: decoder.codingPath)
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
