//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import ArgumentParser
import GridModel
import GridRuntime

/// `gridwork topology release`: lets another node host an area.
struct TopologyRelease: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Give up the claims to areas, so that another node can host them.",
        discussion: """
            The first node that serves a mailbox claims it, and keeps the claim while it is down. To move an area: let its \
            open orders come to their end, take it out of node.areas where it was (or into node.except) and restart that \
            node, release it, and add it to node.areas where it goes. Run on either node, or after one was lost for good.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The codes of the areas.")
    var area: [UnitCode]

    @Option(parsing: .upToNextOption, help: "Areas inside them that are not meant.")
    var except: [UnitCode] = []

    @Flag(help: "Also while mailboxes are being served. The node that serves them then stops within a minute or two.")
    var force = false

    private struct Result: Encodable {
        let mailboxes: Int
    }

    func execute(_ context: Context) async throws {
        let selection = MailboxSelection(areas: area, except: except)
        let organization = try await context.withStore { try await context.organization(of: $0) }
        for code in area where organization.unit(code) == nil {
            throw CommandFailure.usage("there is no unit \(code) in the organization")
        }
        let mailboxes = selection.mailboxes(in: organization)
        try await AMQPConnection.withConnection(context.settings.broker, logger: context.logger) { connection in
            if !force { try await refuseIfServed(mailboxes, over: connection) }
            try await HostClaim.release(mailboxes, over: connection)
        }
        try context.output.result(Result(mailboxes: mailboxes.count)) {
            ["Released \($0.mailboxes) mailboxes; the next node that serves one of them has it."]
        }
    }

    private func refuseIfServed(_ mailboxes: [Mailbox], over connection: AMQPConnection) async throws {
        for mailbox in mailboxes {
            guard let status = try await connection.status(of: mailbox.name), status.consumerCount > 0 else { continue }
            throw CommandFailure(
                failure: Failure(
                    "still-served",
                    "The area is being served",
                    "a node serves \(mailbox.name); take the area out of its node.areas and restart it, or stop it, first",
                    exit: Failure.Exit.refused
                )
            )
        }
    }
}
