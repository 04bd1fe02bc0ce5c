//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import COpenSSL
import Foundation

/// How a webhook's receiver knows that a message is ours and whole: as Standard Webhooks has it, an HMAC with SHA-256 of the
/// message's name, the time and the body, in base64.
package enum WebhookSignature {
    /// What secrets as text begin with.
    private static let mark = "whsec_"
    /// How many bytes a secret has at least and at most.
    private static let lengths = 24...64

    /// The header's value.
    static func text(id: String, timestamp: Int64, _ body: [UInt8], key: [UInt8]) -> String {
        let signed = Array("\(id).\(timestamp).".utf8) + body
        var code = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
        HMAC(EVP_sha256(), key, Int32(key.count), signed, signed.count, &code, nil)
        return "v1," + Data(code).base64EncodedString()
    }

    /// Makes a secret.
    package static func makeSecret() -> [UInt8] {
        // The system's generator is the kernel's, fit for secrets.
        var generator = SystemRandomNumberGenerator()
        return (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// A secret as receivers are told it.
    package static func text(ofSecret secret: [UInt8]) -> String { mark + Data(secret).base64EncodedString() }

    /// Reads a secret; nil when it is none.
    package static func secret(_ text: String) -> [UInt8]? {
        guard text.hasPrefix(mark), let data = Data(base64Encoded: String(text.dropFirst(mark.count))),
            lengths.contains(data.count)
        else { return nil }
        return Array(data)
    }
}
