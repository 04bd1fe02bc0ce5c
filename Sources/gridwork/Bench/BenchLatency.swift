//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork bench latency`.
struct BenchLatency: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "latency",
        abstract: "Measure how long a message takes to its page, beside the broker alone."
    )

    @OptionGroup var global: GlobalOptions

    @Option(help: "Messages offered in a second.")
    var rate = 200

    @Option(help: "For how many seconds.")
    var seconds = 20

    @Option(help: "How many cells they are for.")
    var cells = 50

    @Option(help: "How many messages wait for another cell at the start.")
    var flood = 0

    @Option(help: "Where the state file is put; the system's temporary folder when not given.")
    var folder: String?

    func validate() throws {
        guard (1...998).contains(cells), (1...10_000).contains(rate), (1...3_600).contains(seconds),
            (0...1_000_000).contains(flood)
        else {
            throw ValidationError(
                "--cells takes 1 to 998, --rate 1 to 10000, --seconds 1 to 3600, --flood 0 to 1000000."
            )
        }
    }

    func execute(_ context: Context) async throws {
        let result = try await LatencyBench(
            rate: rate,
            seconds: seconds,
            cells: cells,
            flood: flood,
            broker: context.settings.broker,
            folder: folder,
            logger: context.logger
        ).run()
        try context.output.value(result)
    }
}
