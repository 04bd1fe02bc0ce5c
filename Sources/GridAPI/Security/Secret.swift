//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// A secret that lets whoever shows it in: a session's or a bearer token's.
///
/// It is told once and kept as its SHA-256 only. Since 32 random bytes cannot be guessed, a fast hash is enough.
package struct Secret: Sendable {
    /// How many random bytes a secret has.
    private static let size = 32

    private let bytes: [UInt8]

    /// Makes a new one.
    package init() {
        // The system's generator is the kernel's, fit for secrets.
        var generator = SystemRandomNumberGenerator()
        bytes = (0..<Self.size).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Reads one that was told before; nil when it is none.
    package init?(_ text: some StringProtocol) {
        let base64 = text.replacingOccurrences(of: "-", with: "+").replacingOccurrences(of: "_", with: "/") + "="
        guard text.utf8.count == 43, let data = Data(base64Encoded: base64), data.count == Self.size else { return nil }
        bytes = Array(data)
    }

    /// The secret as text, base64url without padding.
    package var text: String { Self.text(bytes) }

    /// What is kept of it.
    package var hash: [UInt8] { Primitives.sha256(bytes) }

    /// A word that only whoever has the secret can derive, for instance a session's CSRF token.
    func word(for purpose: String) -> String {
        Self.text(Primitives.hmac(Array(purpose.utf8), key: bytes))
    }

    /// Whether `text` is the word for a purpose; how long it takes tells nothing about where they differ.
    func isWord(_ text: String, for purpose: String) -> Bool {
        Primitives.areEqual(Array(text.utf8), Array(word(for: purpose).utf8))
    }

    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}

/// Bearer tokens as text: a mark, so that a leaked one is recognised, and the secret.
package enum BearerToken {
    private static let mark = "gridwork_"

    /// Writes a token.
    package static func text(_ secret: Secret) -> String { mark + secret.text }

    /// Reads the value of an `Authorization` header; nil when it holds no token of ours.
    static func secret(inAuthorization value: String) -> Secret? {
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer", parts[1].hasPrefix(mark) else { return nil }
        return Secret(parts[1].dropFirst(mark.utf8.count))
    }
}
