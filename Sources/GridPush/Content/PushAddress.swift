//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
package import GridModel

/// What an address of a channel has to look like.
package enum PushAddress {
    /// The longest address, in bytes.
    private static let maximumLength = 2_000

    /// What is wrong with an address, in a sentence that does not repeat it; nil when nothing is.
    package static func problem(with address: String, of kind: PushChannel.Kind) -> String? {
        switch kind {
        case .wecom, .webhook:
            isURL(address) ? nil : "the address has to begin with https:// or http:// and name a host"
        case .sms:
            isPhone(address) ? nil : "a telephone number has 5 to 15 digits, with a + before them or without"
        }
    }

    static func isURL(_ text: String) -> Bool {
        guard text.utf8.count <= maximumLength, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let parts = URLComponents(string: text), let host = parts.host, !host.isEmpty
        else { return false }
        return ["https", "http"].contains(parts.scheme?.lowercased())
    }

    private static func isPhone(_ text: String) -> Bool {
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        return (5...15).contains(digits.utf8.count) && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}
