//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// `gridwork bench`.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure: hops a second, an order's way down and back, how long messages take.",
        discussion: "Uses mailboxes and a state file of its own; give it a broker that nothing else keeps busy.",
        subcommands: [BenchHop.self, BenchChain.self, BenchLatency.self, BenchStart.self]
    )
}
