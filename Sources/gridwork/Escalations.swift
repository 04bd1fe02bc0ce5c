//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridStore

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

    private struct Row: Encodable {
        let assignment: AssignmentID
        let holder: PostAddress
        let superior: PostAddress
        let state: Escalation.State
        let rung: Int
        let title: String
        let reason: String
        let byClock: Bool
        let dueAt: Instant?
        let openedAt: Instant
        let settledAt: Instant?
    }

    func execute(_ context: Context) async throws {
        let (post, all) = (post, all)
        let escalations = try await context.withStore { store in
            try await store.read { try $0.escalations(of: post, openOnly: !all) }
        }
        let rows = escalations.map { escalation in
            Row(
                assignment: escalation.assignment,
                holder: escalation.holder,
                superior: escalation.superior,
                state: escalation.state,
                rung: escalation.rung,
                title: escalation.title,
                reason: escalation.reason,
                byClock: escalation.byClock,
                dueAt: escalation.dueAt,
                openedAt: escalation.openedAt,
                settledAt: escalation.settledAt
            )
        }
        try context.output.result(rows) { rows in
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
