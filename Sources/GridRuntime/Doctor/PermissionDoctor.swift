//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import BrokerManagement
package import GridModel
package import Logging

/// Tries at the broker what each kind of credential must be able to do and must not, instead of believing what is configured.
///
/// What is tried on is a mailbox of its own, of a unit that there is not, and the credential is that of a post that there is
/// not, unless one is given: nobody's mail is touched, whatever the broker allows.
package struct PermissionDoctor: Sendable {
    /// How long the broker may take to confirm a message.
    private static let publishLimit = Duration.seconds(20)
    /// After how many milliseconds without use the mailbox of a check that was killed is removed.
    private static let expiry: Int64 = 600_000

    private let broker: AMQPConfiguration
    private let management: ManagementAddress
    private let logger: Logger

    /// Creates a doctor.
    ///
    /// - Parameters:
    ///   - broker: How the node reaches its vhost.
    ///   - management: How to reach the management API of the same broker.
    package init(broker: AMQPConfiguration, management: ManagementAddress, logger: Logger) {
        self.broker = broker
        self.management = management
        self.logger = logger
    }

    /// There is no level whose posts could have an agent, or no code that is free for one.
    package struct NoPlace: Error, CustomStringConvertible {
        package let description =
            "the organization has no room for a post to try with; give an agent's address by --agent"
    }

    /// An address is not that of an agent's credential.
    package struct NoAgent: Error, CustomStringConvertible {
        package let description: String
    }

    /// Tries everything with the node's user and with an agent's.
    ///
    /// - Parameter agent: The address that an agent uses, as `agent-credential create` printed it; without it a credential
    ///   is made, and revoked afterwards.
    /// - Throws: `NoPlace`, `NoAgent`, `ManagementError`, and `AMQPError` where an attempt came to no answer.
    package func examine(agent: AMQPConfiguration?, in organization: Organization) async throws -> [PermissionTrial] {
        if let agent {
            guard let post = AgentAccount.post(ofUser: agent.username),
                let account = AgentAccount(of: post, in: organization)
            else { throw NoAgent(description: "\(agent.username) is not the user of a post of this organization") }
            return try await examine(account, at: agent)
        }
        guard let account = Self.nobody(in: organization) else { throw NoPlace() }
        let credentials = AgentCredentials(broker: broker, management: management, logger: logger)
        var address = broker
        address.username = account.name
        // One that a check which was killed has left is replaced.
        address.password = try await credentials.create(account, isRenewal: true).password
        let result: Result<[PermissionTrial], any Error>
        do { result = .success(try await examine(account, at: address)) } catch { result = .failure(error) }
        _ = try await credentials.revoke(account.post)
        return try result.get()
    }

    /// The account of a post that nobody holds, in a unit that there is.
    private static func nobody(in organization: Organization) -> AgentAccount? {
        guard let unit = organization.units.last(where: { organization.level(of: $0).receivesWork }) else { return nil }
        let level = organization.level(of: unit)
        let parent = organization.levels.last { $0.codeLength < level.codeLength }?.codeLength ?? 0
        // From the end: numbers are given from the beginning.
        var number = 1
        for _ in parent..<level.codeLength { number *= 10 }
        for candidate in stride(from: number - 1, to: max(0, number - 1_000), by: -1) {
            let code = unit.code.digits.prefix(parent) + String(candidate)
            guard let code = UnitCode(String(code)), code.length == level.codeLength, organization.unit(code) == nil,
                let post = PostAddress("\(level.role)@\(code)")
            else { continue }
            return AgentAccount(of: post, in: organization)
        }
        return nil
    }

    private func examine(_ account: AgentAccount, at address: AMQPConfiguration) async throws -> [PermissionTrial] {
        let decoy = PermissionDecoy(of: account, expiry: Self.expiry)
        let result: Result<[PermissionTrial], any Error>
        do {
            var trials: [PermissionTrial] = []
            for (credential, address) in [(PermissionTrial.Credential.node, broker), (.agent, address)] {
                for attempt in PermissionAttempt.allCases where attempt.isTried(by: credential) {
                    // Anew for each, since one that was allowed may have taken it away.
                    try await decoy.declare(over: broker, logger: logger)
                    let outcome = try await outcome(of: attempt, by: credential, at: address, decoy)
                    trials.append(PermissionTrial(attempt: attempt, credential: credential, outcome: outcome))
                }
            }
            result = .success(trials)
        } catch {
            result = .failure(error)
        }
        try await decoy.remove(over: broker, logger: logger)
        return try result.get()
    }

    private func outcome(
        of attempt: PermissionAttempt,
        by credential: PermissionTrial.Credential,
        at address: AMQPConfiguration,
        _ decoy: PermissionDecoy
    ) async throws -> PermissionTrial.Outcome {
        do {
            if attempt == .manage {
                var management = management
                (management.username, management.password) = (address.username, address.password)
                _ = try await BrokerManagement(management).users()
            } else {
                // On a channel of its own, since a refusal closes it.
                try await AMQPConnection.withConnection(address, logger: logger) { connection in
                    try await connection.withChannel { channel in
                        try await Self.make(attempt, by: credential, on: channel, decoy, as: address.username)
                    }
                }
            }
            return .allowed
        } catch let error as AMQPError where [403, 406].contains(error.replyCode) {
            return .refused
        } catch let error as ManagementError where error.code == .notAllowed {
            return .refused
        }
    }

    private static func make(
        _ attempt: PermissionAttempt,
        by credential: PermissionTrial.Credential,
        on channel: AMQPChannel,
        _ decoy: PermissionDecoy,
        as user: String
    ) async throws {
        switch attempt {
        // What is taken goes back when the channel closes.
        case .takeOwn: _ = try await channel.get(decoy.account.queue.name)
        case .take: _ = try await channel.get(decoy.queue.name)
        case .takeDead: _ = try await channel.get(ExchangeName.dead)
        case .see: _ = try await channel.status(ofQueue: decoy.queue.name)
        case .empty: _ = try await channel.purge(decoy.queue.name)
        case .unbind: try await channel.unbind(decoy.bindings[0])
        case .bind: try await channel.bind(decoy.copying)
        case .declareQueue: _ = try await channel.declare(decoy.second)
        case .declareExchange: try await channel.declare(decoy.exchange)
        case .sendMail: try await publish(ExchangeName.mail, decoy.key, on: channel)
        case .putIn: try await publish("", decoy.queue.name, on: channel)
        case .command: try await publish(ExchangeName.commands, decoy.key, on: channel)
        case .impersonate:
            // By the agent's own key, which it may use: only the name is wrong.
            let key = credential == .agent ? decoy.ownKey : decoy.key
            try await publish(ExchangeName.commands, key, as: user + ".2", on: channel)
        case .delete: _ = try await channel.deleteQueue(decoy.queue.name)
        case .manage: break
        }
    }

    private static func publish(
        _ exchange: String,
        _ key: String,
        as user: String? = nil,
        on channel: AMQPChannel
    ) async throws {
        var properties = AMQPProperties()
        properties.userID = user
        let message = AMQPMessage(exchange: exchange, routingKey: key, mandatory: false, properties: properties)
        for outcome in await channel.publish([message], timeout: publishLimit) {
            if case .failed(let error) = outcome { throw error }
        }
    }
}

/// A mailbox that looks like one and is nobody's.
private struct PermissionDecoy {
    let account: AgentAccount
    let queue: AMQPQueue
    /// A queue to declare, which is removed when nobody uses it.
    let second: AMQPQueue
    /// An exchange to declare.
    let exchange: AMQPExchange

    init(of account: AgentAccount, expiry: Int64) {
        self.account = account
        // Of a unit of nines, so that no mailbox that there is gets what is sent to it.
        let parts = account.route.split(separator: ".")
        let nines = String(repeating: "9", count: parts.count > 1 ? parts[1].count : 1)
        let name = "\(parts.first ?? "cell").\(nines).permission-check"
        let arguments: AMQPTable = ["x-expires": .int64(expiry)]
        queue = AMQPQueue(name: name, durable: false, arguments: arguments)
        second = AMQPQueue(name: name + ".2", durable: false, arguments: arguments)
        exchange = AMQPExchange(name: name, type: .topic, durable: false, autoDelete: true)
    }

    /// The key of what is sent to it.
    var key: String { "\(queue.name).\(account.post.code).permissionCheck" }

    /// A key that the agent may use. What came through by it would be a command that nobody can read: a dead letter.
    var ownKey: String { "\(account.route).permissionCheck" }

    var bindings: [AMQPBinding] {
        [ExchangeName.mail, ExchangeName.commands].map {
            AMQPBinding(source: $0, queue: queue.name, routingKey: "\(queue.name).#")
        }
    }

    /// Copies what is sent to it into the agent's queue.
    var copying: AMQPBinding {
        AMQPBinding(source: ExchangeName.mail, queue: account.queue.name, routingKey: "\(queue.name).#")
    }

    /// Puts everything to where it is tried on, and takes away what an attempt has left.
    func declare(over broker: AMQPConfiguration, logger: Logger) async throws {
        try await onChannel(of: broker, logger) { channel in
            try await clear(channel)
            try await channel.apply(GridTopology.topology(of: []))
            _ = try await channel.declare(queue)
            for binding in bindings { try await channel.bind(binding) }
        }
    }

    /// Takes everything away.
    func remove(over broker: AMQPConfiguration, logger: Logger) async throws {
        try await onChannel(of: broker, logger) { try await clear($0) }
    }

    /// What is not there is no error (AMQP 0-9-1 as RabbitMQ has it).
    private func clear(_ channel: AMQPChannel) async throws {
        try await channel.unbind(copying)
        for name in [queue.name, second.name] { _ = try await channel.deleteQueue(name) }
        try await channel.deleteExchange(exchange.name)
    }

    private func onChannel(
        of broker: AMQPConfiguration,
        _ logger: Logger,
        _ body: @escaping @Sendable (AMQPChannel) async throws -> Void
    ) async throws {
        try await AMQPConnection.withConnection(broker, logger: logger) {
            try await $0.withChannel { try await body($0) }
        }
    }
}
