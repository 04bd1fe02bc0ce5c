//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The address of a post: a role at a place, written `role@code`, for instance `liaison@31010500201500101001`.
///
/// The whole text is kept beside its parts: every message writes it half a dozen times.
package struct PostAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The address as written.
    package let text: String
    /// The role's name, as the organization's levels spell it.
    package let role: String
    /// The unit the post belongs to.
    package let code: UnitCode

    /// Creates an address from its parts.
    package init(role: String, code: UnitCode) {
        self.role = role
        self.code = code
        text = role + "@" + code.digits
    }

    /// Parses `role@code`; returns nil when there is no role, no `@`, or no code.
    package init?(_ text: String) {
        guard let at = text.utf8.firstIndex(of: 0x40) else { return nil }
        let role = text[..<at]
        guard Self.isRoleName(role), let code = UnitCode(String(text[text.utf8.index(after: at)...])) else {
            return nil
        }
        self.text = text
        self.role = String(role)
        self.code = code
    }

    /// Whether `text` can name a role: 1 to 40 lower-case letters, digits and hyphens, so that it fits a routing key.
    package static func isRoleName(_ text: some StringProtocol) -> Bool {
        text.withBytes { bytes in
            (1...40).contains(bytes.count)
                && bytes.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
        }
    }

    package var description: String { text }

    package static func == (left: PostAddress, right: PostAddress) -> Bool { left.text == right.text }

    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    package static func < (left: PostAddress, right: PostAddress) -> Bool {
        (left.code, left.role) < (right.code, right.role)
    }
}

extension PostAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = PostAddress(text) else {
            throw DecodingError.misfit("a post is written role@code", at: decoder.codingPath)
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
