//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork agent-credential`.
struct AgentCredentialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "agent-credential",
        abstract: "RabbitMQ users for agents, each limited to its own post.",
        discussion: """
            Made by the broker's management API: amqp.managementURL names it; http on port 15672 of the broker's host, or
            https on 15671 where amqp.url is amqps, with the same user, when it is not given.
            """,
        subcommands: [AgentCredentialCreate.self, AgentCredentialList.self, AgentCredentialRevoke.self]
    )
}

extension Context {
    /// What makes, lists and revokes credentials.
    var credentials: AgentCredentials {
        AgentCredentials(broker: settings.broker, management: settings.management, logger: logger)
    }
}
