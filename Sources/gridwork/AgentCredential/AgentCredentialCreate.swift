//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import ArgumentParser
import GridModel
import GridRuntime

/// `gridwork agent-credential create`.
struct AgentCredentialCreate: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make the RabbitMQ user of a post's agent and print the address to connect to, shown this once.",
        discussion: """
            The user may take what lies in its own queue, which has its name and gets what is sent to the post, and publish the
            post's commands to gridwork.commands, with its name in the property user_id; nothing else.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The post, role@code.")
    var post: PostAddress

    @Flag(help: "Replace one that is there by one with a new password; what uses the old one is disconnected.")
    var renew = false

    private struct Result: Encodable {
        let post: PostAddress
        let user: String
        let password: String
        let queue: String
        let exchange: String
        let routingKeys: String
        let url: String
    }

    func execute(_ context: Context) async throws {
        let organization = try await context.withStore { try await context.organization(of: $0) }
        guard organization.unit(of: post) != nil, let account = AgentAccount(of: post, in: organization) else {
            throw CommandFailure.notFound("there is no post \(post); gridwork organization show names them")
        }
        let made = try await context.credentials.create(account, isRenewal: renew)
        var address = context.settings.broker
        address.username = account.name
        address.password = made.password
        let result = Result(
            post: post,
            user: account.name,
            password: made.password,
            queue: account.queue.name,
            exchange: ExchangeName.commands,
            routingKeys: "\(account.route).<verb>",
            url: address.url
        )
        try context.output.result(result) { [$0.url] }
    }
}
