//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import BrokerManagement
package import GridModel

/// The RabbitMQ user by which the agent of one post speaks, and all it may do: take what lies in its own queue, and publish
/// its own post's commands.
///
/// The queue is declared for it and bound beforehand, so that it needs no right to declare or bind anything: whoever may
/// declare a queue may also name what its dead letters are published to, and under which key, and topic permissions are not
/// asked then.
package struct AgentAccount: Sendable, Hashable {
    /// The mark of such users among the broker's others.
    package static let tag = "gridwork-agent"
    /// How many connections, and how many channels on all of them, one may have at a time: an agent, the one that takes
    /// its place, and somebody who looks.
    static let connectionLimit = 4
    static let channelLimit = 16
    /// How many messages, and bytes of them, wait for an agent that is away, before the oldest are dropped. They are
    /// copies: the mailbox has had them.
    static let queueLimit: Int64 = 10_000
    static let queueByteLimit: Int64 = 67_108_864

    /// The post.
    package let post: PostAddress
    /// What the routing keys of its messages begin with, `<mailbox>.<post code>`.
    package let route: String

    /// Creates the account of a post; nil when the organization has no mailbox for it.
    package init?(of post: PostAddress, in organization: Organization) {
        guard let mailbox = organization.mailbox(of: post) else { return nil }
        self.post = post
        route = mailbox.route(of: post)
    }

    /// The name of the user of a post, and of its queue; nothing in it needs escaping in a URL.
    package static func name(of post: PostAddress) -> String { "agent.\(post.role).\(post.code)" }

    /// The post whose user has this name; nil when it is none.
    package static func post(ofUser name: String) -> PostAddress? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "agent" else { return nil }
        return PostAddress("\(parts[1])@\(parts[2])")
    }

    /// The user's name.
    package var name: String { Self.name(of: post) }

    /// The queue from which its mail is taken.
    package var queue: AMQPQueue {
        .quorum(
            name,
            arguments: [
                "x-max-length": .int64(Self.queueLimit),
                "x-max-length-bytes": .int64(Self.queueByteLimit),
            ]
        )
    }

    /// What puts its post's mail into the queue.
    package var binding: AMQPBinding {
        AMQPBinding(source: ExchangeName.mail, queue: name, routingKey: "\(route).#")
    }

    /// What it may do in the vhost.
    package var permission: BrokerManagement.Permission {
        BrokerManagement.Permission(
            user: name,
            configure: Self.nothing,
            write: "^\(Self.literally(ExchangeName.commands))\\z",
            read: "^\(Self.literally(name))\\z"
        )
    }

    /// Which routing keys it may use. RabbitMQ allows all keys of an exchange for which it finds no such rule.
    package var topicPermissions: [BrokerManagement.TopicPermission] {
        [
            BrokerManagement.TopicPermission(
                user: name,
                exchange: ExchangeName.commands,
                write: "^\(Self.literally(route))\\.[A-Za-z]+\\z",
                read: Self.nothing
            ),
            BrokerManagement.TopicPermission(
                user: name,
                exchange: ExchangeName.mail,
                write: Self.nothing,
                read: Self.nothing
            ),
        ]
    }

    /// A pattern that no name fits.
    private static let nothing = "^$"

    /// A pattern that fits `text` alone. Such patterns end in `\z` here: a `$` would admit one more line break.
    private static func literally(_ text: String) -> String {
        text.replacing(".", with: "\\.")
    }
}
