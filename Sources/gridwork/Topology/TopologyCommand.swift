//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// `gridwork topology`.
struct TopologyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "topology",
        abstract: "The exchanges, queues and bindings on the broker.",
        subcommands: [TopologyApply.self, TopologyShow.self, TopologyRelease.self]
    )
}
