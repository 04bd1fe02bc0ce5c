//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime
import GridStore

/// `gridwork archive`.
struct ArchiveHistories: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive",
        abstract: "Move histories of orders that were over long ago into the archive; a node may run meanwhile.",
        discussion: """
            A node does so every hour. The archive is a file beside the state file, which gridwork backup copies with it. The
            room that is free then is used again by what comes, not given back to the disk.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "After how many days without news; 90 at least. Otherwise as history.archiveDays says.")
    var days: Int?

    private struct Report: Encodable {
        let archive: String
        let orders: Int
    }

    func validate() throws {
        let allowed = Settings.archiveDays
        if let days, !allowed.contains(days) {
            throw ValidationError("--days takes \(allowed.lowerBound) to \(allowed.upperBound)")
        }
    }

    func execute(_ context: Context) async throws {
        guard let days = days ?? context.settings.archiveAge else {
            throw CommandFailure.usage("history.archiveDays is 0, so nothing is archived; say --days")
        }
        let report = try await context.withStore { store in
            let orders = try await HistoryArchiving(store: store, days: days).run(at: WallClock.system.now)
            return Report(archive: store.archive.path, orders: orders)
        }
        try context.output.result(report) { report in
            ["\(report.archive): the histories of \(report.orders) orders more."]
        }
    }
}
