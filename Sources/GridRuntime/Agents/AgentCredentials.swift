//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import BrokerManagement
package import GridModel
package import Logging

/// Makes, lists and revokes the credentials by which agents of single posts reach the broker.
///
/// The broker has all there is to know of them; the state file knows nothing, and a password is kept nowhere but with
/// whoever was given it.
package struct AgentCredentials: Sendable {
    private let broker: AMQPConfiguration
    private let management: BrokerManagement
    private let logger: Logger

    /// Creates a desk.
    ///
    /// - Parameters:
    ///   - broker: How the node reaches its vhost, by a user that may declare there.
    ///   - management: How to reach the management API of the same broker.
    package init(broker: AMQPConfiguration, management: ManagementAddress, logger: Logger) {
        self.broker = broker
        self.management = BrokerManagement(management)
        self.logger = logger
    }

    /// A credential with its password.
    package struct Made: Sendable {
        /// What it may do.
        package let account: AgentAccount
        /// The password, which nothing tells again.
        package let password: String
    }

    /// A credential as the broker knows it.
    package struct Summary: Sendable, Hashable {
        /// The post.
        package let post: PostAddress
        /// Whether the broker grants it exactly what it would be granted if it were made today.
        package let isSound: Bool
    }

    /// A post has a credential already.
    package struct Exists: Error, CustomStringConvertible {
        /// The post.
        package let post: PostAddress

        /// What happened, and what to do.
        package var description: String {
            "\(post) has a credential already; give --renew for a new password, which ends what uses the old one"
        }
    }

    /// Makes the credential of a post, its queue first and its permissions last, so that it can do nothing before it is
    /// limited.
    ///
    /// - Parameter isRenewal: Whether one that is there is replaced: its connections end, its queue keeps what is in it.
    /// - Throws: `Exists` when there is one and it is not to be replaced; `AMQPError` and `ManagementError`.
    package func create(_ account: AgentAccount, isRenewal: Bool) async throws -> Made {
        if isRenewal {
            _ = try await management.deleteUser(account.name)
        } else if try await management.hasUser(account.name) {
            throw Exists(post: account.post)
        }
        try await onChannel { channel in
            try await channel.apply(GridTopology.topology(of: []))
            _ = try await channel.declare(account.queue)
            try await channel.bind(account.binding)
        }
        let password = Self.makePassword()
        try await management.putUser(account.name, password: password, tags: [AgentAccount.tag])
        try await management.putLimit(.connections, AgentAccount.connectionLimit, of: account.name)
        try await management.putLimit(.channels, AgentAccount.channelLimit, of: account.name)
        for permission in account.topicPermissions {
            try await management.put(permission, in: broker.virtualHost)
        }
        try await management.put(account.permission, in: broker.virtualHost)
        return Made(account: account, password: password)
    }

    /// The credentials in the broker's vhost, sorted by post.
    ///
    /// - Throws: `ManagementError`.
    package func list(in organization: Organization) async throws -> [Summary] {
        let granted = Dictionary(grouping: try await management.permissions(in: broker.virtualHost), by: \.user)
        let grantedTopics = Dictionary(
            grouping: try await management.topicPermissions(in: broker.virtualHost),
            by: \.user
        )
        return try await management.users().compactMap { user -> Summary? in
            // The users are those of all vhosts; one without permissions here was made for another, or half made.
            guard user.tags.contains(AgentAccount.tag), let post = AgentAccount.post(ofUser: user.name),
                let permission = granted[user.name]?.first
            else { return nil }
            let account = AgentAccount(of: post, in: organization)
            let isKnown = organization.unit(of: post) != nil
            return Summary(
                post: post,
                isSound: isKnown && permission == account?.permission
                    && Set(grantedTopics[user.name] ?? []) == Set(account?.topicPermissions ?? [])
            )
        }.sorted { $0.post < $1.post }
    }

    /// Removes the credential of a post, whose connections the broker then closes, and its queue.
    ///
    /// - Returns: Whether there was one.
    /// - Throws: `AMQPError` and `ManagementError`.
    package func revoke(_ post: PostAddress) async throws -> Bool {
        let name = AgentAccount.name(of: post)
        let wasThere = try await management.deleteUser(name)
        // Deleting a queue that is not there is no error (AMQP 0-9-1 as RabbitMQ has it).
        try await onChannel { _ = try await $0.deleteQueue(name) }
        return wasThere
    }

    private func onChannel(_ body: @escaping @Sendable (AMQPChannel) async throws -> Void) async throws {
        try await AMQPConnection.withConnection(broker, logger: logger) {
            try await $0.withChannel { try await body($0) }
        }
    }

    /// A password that needs no escaping in a URL.
    private static func makePassword() -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".unicodeScalars)
        // The system's generator is the kernel's, fit for secrets; 32 of 62 letters are 190 bits.
        var generator = SystemRandomNumberGenerator()
        var password = String.UnicodeScalarView()
        for _ in 0..<32 {
            guard let letter = letters.randomElement(using: &generator) else { continue }
            password.append(letter)
        }
        return String(password)
    }
}

extension ManagementAddress {
    /// Where RabbitMQ's management API answers unless told otherwise: on its own port of the broker's first host, for the
    /// same user, over TLS where AMQP is.
    package init(of broker: AMQPConfiguration) {
        let isSecure = broker.tls != nil
        self.init(
            host: broker.addresses.first?.host ?? "127.0.0.1",
            port: Self.port(isSecure: isSecure),
            username: broker.username,
            password: broker.password,
            isSecure: isSecure
        )
    }
}
