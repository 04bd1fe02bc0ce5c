//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork bench hop`.
struct BenchHop: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "hop",
        abstract: "Measure hops: message in, transaction, acknowledgement, message out confirmed."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "How many hops.")
    var hops = 20_000

    @Option(help: "How many cells, each with a queue of its own.")
    var cells = 50

    @Option(help: "How many completed assignments the state file holds beforehand.")
    var assignments = 0

    @Option(help: "Where the state file is put; the system's temporary folder when not given.")
    var folder: String?

    func validate() throws {
        guard (1...5_000).contains(cells), (1...5_000_000).contains(hops),
            (0...100_000_000).contains(assignments)
        else {
            throw ValidationError("--cells takes 1 to 5000, --hops 1 to 5000000, --assignments 0 to 100000000.")
        }
    }

    func execute(_ context: Context) async throws {
        let result = try await HopBench(
            hops: hops,
            cells: cells,
            past: assignments,
            broker: context.settings.broker,
            folder: folder,
            logger: context.logger
        ).run()
        try context.output.value(result)
    }
}
