//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A mailbox: the AMQP queue of a role at a place, `<level>.<code>.<role>`, for instance `cell.310105002015001.liaison`.
package struct Mailbox: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name of the level whose unit keys the mailbox.
    package let level: String
    /// The unit that keys it.
    package let code: UnitCode
    /// The role whose posts share it.
    package let role: String

    /// The queue's name.
    package var name: String { "\(level).\(code).\(role)" }

    package var description: String { name }

    /// Creates a mailbox.
    package init(level: String, code: UnitCode, role: String) {
        self.level = level
        self.code = code
        self.role = role
    }

    /// Reads a queue's name; nil when it is no mailbox's.
    package init?(name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, let code = UnitCode(String(parts[1])),
            PostAddress.isRoleName(parts[2])
        else { return nil }
        self.init(level: String(parts[0]), code: code, role: String(parts[2]))
    }

    package static func < (left: Mailbox, right: Mailbox) -> Bool { left.name < right.name }

    /// What the routing keys of messages to or from `post` in this mailbox begin with: `<mailbox>.<post code>`.
    package func route(of post: PostAddress) -> String { "\(name).\(post.code)" }
}

extension Organization {
    /// The mailbox of a post; nil when no level has the post's role and code length.
    ///
    /// The post itself need not exist here: a node may write to a post that another node hosts.
    package func mailbox(of post: PostAddress) -> Mailbox? {
        guard let level = level(of: post), let keyed = levels.first(where: { $0.name == level.mailbox }),
            let code = post.code.prefix(keyed.codeLength)
        else { return nil }
        return Mailbox(level: keyed.name, code: code, role: level.role)
    }

    /// The routing key of a message to or from a post: `<mailbox>.<post code>.<event>`; nil as for `mailbox(of:)`.
    package func routingKey(of post: PostAddress, event: String) -> String? {
        (routes[post] ?? mailbox(of: post)?.route(of: post)).map { $0 + "." + event }
    }

    /// The mailboxes of all posts inside the given areas, each once, sorted by name.
    package func mailboxes(in areas: [UnitCode]) -> [Mailbox] {
        let posts = areas.flatMap { units(in: $0).map(\.post) }
        return Set(posts.compactMap { mailbox(of: $0) }).sorted()
    }

    /// The post a routing key speaks of, and the key's last word; nil when the key is none of this organization's.
    package func post(ofRoutingKey key: String) -> (post: PostAddress, event: String)? {
        if let dot = key.utf8.lastIndex(of: 0x2e), let post = postByRoute[key[..<dot]] {
            let event = key[key.utf8.index(after: dot)...]
            return event.isEmpty ? nil : (post, String(event))
        }
        // A post of another node: the parts say which it is.
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, !parts[4].isEmpty, let code = UnitCode(String(parts[3])) else { return nil }
        let post = PostAddress(role: String(parts[2]), code: code)
        guard let mailbox = mailbox(of: post), mailbox.level == parts[0], mailbox.code.digits == parts[1] else {
            return nil
        }
        return (post, String(parts[4]))
    }
}
