//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore
import GridTerminal

/// `gridwork order list`.
struct OrderList: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the orders, the newest first."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "At most so many.")
    var limit = 50

    private struct Row: Encodable {
        let id: OrderID
        let title: String
        let state: AssignmentState?
        let issuedAt: Instant
        let dueAt: Instant?
        let counts: CountsView
    }

    func execute(_ context: Context) async throws {
        guard (1...10_000).contains(limit) else { throw CommandFailure.usage("--limit takes 1 to 10000") }
        let limit = limit
        let summaries = try await context.withStore { store in
            try await store.read { try $0.orders(limit: limit, now: WallClock.system.now) }
        }
        let rows = summaries.map { summary in
            Row(
                id: summary.order.id,
                title: summary.order.title,
                state: summary.state,
                issuedAt: summary.order.issuedAt,
                dueAt: summary.order.dueAt,
                counts: CountsView(counts: summary.counts)
            )
        }
        try context.output.result(rows) { rows in
            guard !rows.isEmpty else { return ["No orders yet; gridwork order issue FILE issues one."] }
            var table = Table(["ORDER", "STATE", "DONE", "DUE", "TITLE"])
            for row in rows {
                let counts = row.counts.counts
                table.add([
                    row.id.text, row.state?.rawValue ?? "elsewhere", "\(counts.states.completed)/\(counts.total)",
                    row.dueAt.local, row.title,
                ])
            }
            return table.lines
        }
    }
}
