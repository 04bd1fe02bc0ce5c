//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridStore
import GridTerminal

/// `gridwork escalations`.
struct Escalations: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the escalations that wait for an answer, of a post or of all."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The post whose answer is awaited; all when not given.")
    var post: PostAddress?

    @Flag(help: "Also those settled.")
    var all = false

    func execute(_ context: Context) async throws {
        let (post, all) = (post, all)
        let escalations = try await context.withStore { store in
            try await store.read { try $0.escalations(of: post, openOnly: !all) }
        }
        try context.output.result(escalations.map(EscalationView.init)) { rows in
            guard !rows.isEmpty else { return ["No escalation waits for an answer."] }
            var table = Table(["ASSIGNMENT", "FROM", "TO", "STATE", "SINCE", "REASON"])
            for row in rows {
                table.add([
                    row.assignment.text, row.holder.description, row.superior.description, row.state.rawValue,
                    row.openedAt.local, row.reason,
                ])
            }
            return table.lines
        }
    }
}
