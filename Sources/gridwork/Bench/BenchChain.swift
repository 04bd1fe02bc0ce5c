//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork bench chain`.
struct BenchChain: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "chain",
        abstract: "Measure how long one order takes to come back complete."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "How many cells, each with five lane groups of four liaison points.")
    var cells = 50

    @Option(help: "Where the state file is put; the system's temporary folder when not given.")
    var folder: String?

    func validate() throws {
        guard (1...999).contains(cells) else { throw ValidationError("--cells takes 1 to 999.") }
    }

    func execute(_ context: Context) async throws {
        let result = try await ChainBench(
            cells: cells,
            broker: context.settings.broker,
            folder: folder,
            logger: context.logger
        ).run()
        try context.output.value(result)
    }
}
