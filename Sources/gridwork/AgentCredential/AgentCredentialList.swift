//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridTerminal

/// `gridwork agent-credential list`.
struct AgentCredentialList: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract:
            "List the posts whose agents have a RabbitMQ user, and whether each may do what it should and no more."
    )

    @OptionGroup var global: GlobalOptions

    private struct Row: Encodable {
        let post: PostAddress
        let user: String
        let isSound: Bool
    }

    func execute(_ context: Context) async throws {
        let organization = try await context.withStore { try await context.organization(of: $0) }
        let rows = try await context.credentials.list(in: organization).map { summary in
            Row(post: summary.post, user: AgentAccount.name(of: summary.post), isSound: summary.isSound)
        }
        try context.output.result(rows) { rows in
            guard !rows.isEmpty else { return ["No credentials; gridwork agent-credential create POST makes one."] }
            var table = Table(["POST", "USER", "PERMISSIONS"])
            for row in rows {
                table.add([row.post.text, row.user, row.isSound ? "as they should be" : "differ: renew or revoke it"])
            }
            return table.lines
        }
    }
}
