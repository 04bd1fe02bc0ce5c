//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork bench start`.
struct BenchStart: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Measure how long a node takes to serve its mailboxes, beside the broker alone."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "How many cells, each with a mailbox for each of three roles.")
    var cells = 50

    @Option(help: "Where the state file is put; the system's temporary folder when not given.")
    var folder: String?

    func validate() throws {
        guard (1...5_000).contains(cells) else { throw ValidationError("--cells takes 1 to 5000.") }
    }

    func execute(_ context: Context) async throws {
        let result = try await StartBench(
            cells: cells,
            broker: context.settings.broker,
            folder: folder,
            logger: context.logger
        ).run()
        try context.output.value(result)
    }
}
