//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A way by which a person, or whoever holds a post, is told what reached a post.
package struct PushChannel: Hashable, Sendable {
    /// How a message travels.
    package enum Kind: String, Sendable, Codable, CaseIterable {
        /// A group robot of WeCom (企业微信).
        case wecom
        /// A program's address, with a signature.
        case webhook
        /// A short message, by the office's gateway.
        case sms

        /// Whether what waits is put into one message: people read one message rather than ten, programs one event
        /// after the other.
        package var combines: Bool { self != .webhook }
    }

    /// Who is told.
    package enum Owner: Hashable, Sendable {
        /// A person, of all posts that she holds or stands in for.
        case person(Int64, name: String)
        /// Whoever holds a post.
        case post(PostAddress)
    }

    /// The number; never another channel's.
    package var n: Int64
    /// Who is told.
    package var owner: Owner
    /// How.
    package var kind: Kind
    /// Where: an address by http or https, or a telephone number. Whoever has a robot's address can write to its group, so it
    /// is shown as ``shownAddress`` only.
    package var address: String
    /// What a webhook's messages are signed with; empty for other kinds.
    package var secret: [UInt8]
    /// The language of the messages, as the catalogues name it.
    package var language: String
    /// Whether messages tell the order's title, a text that somebody wrote.
    package var hasTitle: Bool
    /// When.
    package var timing: PushTiming
    /// When it was added.
    package var createdAt: Instant
    /// How many attempts in a row were in vain.
    package var failures = 0
    /// Until when nothing is sent; in the past when something may be.
    package var restsUntil = Instant(milliseconds: 0)

    /// Creates a channel on which nothing was sent yet.
    package init(
        n: Int64,
        owner: Owner,
        kind: Kind,
        address: String,
        secret: [UInt8] = [],
        language: String,
        hasTitle: Bool = false,
        timing: PushTiming = PushTiming(),
        createdAt: Instant
    ) {
        self.n = n
        self.owner = owner
        self.kind = kind
        self.address = address
        self.secret = secret
        self.language = language
        self.hasTitle = hasTitle
        self.timing = timing
        self.createdAt = createdAt
    }

    /// Whether what waits at a time goes in one message.
    package var combines: Bool { kind.combines || timing.digestMinutes > 0 }

    /// The address without what lets one use it: the host alone, or the last four digits.
    package var shownAddress: String {
        guard kind != .sms else { return "***" + address.suffix(4) }
        guard let scheme = address.firstRange(of: "://") else { return "***" }
        let rest = address[scheme.upperBound...]
        // A user and a password may stand before the host.
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return "\(address[..<scheme.upperBound])\(host)/***"
    }
}

extension PushChannel: CustomStringConvertible, CustomReflectable {
    /// Number, kind and where; safe to log.
    package var description: String { "channel \(n) (\(kind.rawValue), \(shownAddress))" }

    /// Without the address and the secret: `dump` and a test's failure show this.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
