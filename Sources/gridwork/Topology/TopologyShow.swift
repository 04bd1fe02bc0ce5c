//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import ArgumentParser
import GridRuntime
import GridTerminal

/// `gridwork topology show`: the mailboxes, and what the broker says of them.
struct TopologyShow: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the mailboxes with their messages and consumers."
    )

    @OptionGroup var global: GlobalOptions

    private struct Row: Encodable {
        let queue: String
        let exists: Bool
        let messages: Int?
        let consumers: Int?
    }

    func execute(_ context: Context) async throws {
        let names = try await context.withStore { store in
            let organization = try await context.organization(of: store)
            return GridTopology.topology(of: context.settings.hosted.mailboxes(in: organization)).queues.map(\.name)
        }
        let rows = try await AMQPConnection.withConnection(context.settings.broker, logger: context.logger) {
            connection in
            let statuses = try await connection.statuses(of: names)
            return names.map { name in
                let status = statuses[name]
                return Row(
                    queue: name,
                    exists: status != nil,
                    messages: status?.messageCount,
                    consumers: status?.consumerCount
                )
            }
        }
        try context.output.result(rows) { rows in
            var table = Table(["QUEUE", "MESSAGES", "CONSUMERS"])
            for row in rows {
                table.add([
                    row.queue, row.messages.map(String.init) ?? "missing", row.consumers.map(String.init) ?? "",
                ])
            }
            return table.lines
        }
    }
}
