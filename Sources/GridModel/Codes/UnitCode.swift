//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The code of a unit: street (9 digits), community (12), cell (15), lane group (17) or liaison point (20).
///
/// The first 12 digits are the National Bureau of Statistics' division code; the rest is numbered inside the community.
/// A unit lies in another one exactly when its code starts with the other's.
package struct UnitCode: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The digits.
    package let digits: String

    /// Creates a code, or returns nil unless `digits` is 1 to 20 ASCII digits.
    package init?(_ digits: String) {
        let length = digits.utf8.count
        guard length <= 20, digits.withBytes({ $0.areDigits(0, length) }) else { return nil }
        self.digits = digits
    }

    private init(unchecked digits: Substring) {
        self.digits = String(digits)
    }

    /// Returns the first `length` digits as a code, or nil when that is none or the code is shorter.
    package func prefix(_ length: Int) -> UnitCode? {
        (1...self.length).contains(length) ? UnitCode(unchecked: digits.prefix(length)) : nil
    }

    /// Whether `other` is this unit or lies inside it.
    package func contains(_ other: UnitCode) -> Bool {
        other.digits.hasPrefix(digits)
    }

    /// The number of digits.
    package var length: Int { digits.utf8.count }

    package var description: String { digits }

    package static func < (left: UnitCode, right: UnitCode) -> Bool { left.digits < right.digits }
}

extension UnitCode: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let code = UnitCode(text) else {
            throw DecodingError.misfit("a code is 1 to 20 digits", at: decoder.codingPath)
        }
        self = code
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(digits)
    }
}
