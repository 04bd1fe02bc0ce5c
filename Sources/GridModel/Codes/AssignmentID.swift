//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The identifier of an assignment: the work order's case number, then the ordinal of each leg on the way down.
///
/// `310105002-20261123-0007` is the root, `310105002-20261123-0007.12.3` the third leg issued by the holder of its
/// twelfth leg. The parent hands out ordinals and never reuses one, so the identifier is derived, not random, stays
/// short enough to read over the telephone, and names its whole line of issuers.
package struct AssignmentID: Hashable, Sendable, CustomStringConvertible {
    /// The identifier as written.
    package let text: String

    /// The longest identifier accepted, in bytes: room for a leg on the lowest of `Organization.maximumLevels`.
    package static let maximumLength = 80

    /// Parses an identifier; returns nil unless it is a case number followed by ordinals from 1 to 999,999.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.maximumLength, text.withBytes(Self.isIdentifier) else { return nil }
        self.text = text
    }

    private static func isIdentifier(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var end = bytes.firstIndex(of: 0x2e) ?? bytes.count
        guard OrderID.isCaseNumber(UnsafeBufferPointer(rebasing: bytes[..<end])) else { return false }
        while end < bytes.count {
            let start = end + 1
            end = bytes[start...].firstIndex(of: 0x2e) ?? bytes.count
            guard (1...6).contains(end - start), bytes[start] != 0x30, bytes.areDigits(start, end) else { return false }
        }
        return true
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// The root assignment of a work order: the work order itself.
    package init(rootOf order: OrderID) {
        self.text = order.text
    }

    /// The work order this assignment is part of.
    package var order: OrderID {
        guard let dot = text.utf8.firstIndex(of: 0x2e) else { return OrderID(unchecked: text) }
        return OrderID(unchecked: String(text[..<dot]))
    }

    /// The assignment this one was issued from, nil for a root.
    package var parent: AssignmentID? {
        text.utf8.lastIndex(of: 0x2e).map { AssignmentID(unchecked: String(text[..<$0])) }
    }

    /// Whether this is the work order's own assignment.
    package var isRoot: Bool { !text.utf8.contains(0x2e) }

    /// How many levels below the root the assignment hangs; 0 for the root.
    package var depth: Int { text.utf8.count { $0 == 0x2e } }

    /// Returns the identifier of the leg with the given ordinal, 1 to 999,999.
    package func leg(_ ordinal: Int) -> AssignmentID {
        precondition((1...999_999).contains(ordinal), "Cannot name a leg by an ordinal of more than six digits")
        return AssignmentID(unchecked: "\(text).\(ordinal)")
    }

    package var description: String { text }
}

extension AssignmentID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = AssignmentID(text) else {
            throw DecodingError.misfit("not an assignment's identifier", at: decoder.codingPath)
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
