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

/// `gridwork stand-in list`.
struct StandInList: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the stand-ins whose period is not over."
    )

    /// How many are listed at most.
    private static let most = 10_000

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws {
        let standIns = try await context.withStore { store in
            try await store.read { try $0.standIns(at: WallClock.system.now, limit: Self.most) }
        }
        try context.output.result(standIns.map(StandInView.init)) { rows in
            guard !rows.isEmpty else { return ["Nobody stands in for anybody."] }
            var table = Table(["NUMBER", "PERSON", "POST", "FROM", "UNTIL", "GRANTED BY"])
            for row in rows {
                table.add([
                    "\(row.number)", row.person, row.post.description, row.from.local, row.until.local,
                    row.grantedBy ?? "the node",
                ])
            }
            return table.lines
        }
    }
}
