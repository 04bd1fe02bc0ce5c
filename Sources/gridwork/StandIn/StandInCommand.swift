//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// `gridwork stand-in`.
struct StandInCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stand-in",
        abstract: "Who acts for whose post, and for how long (A/B 角).",
        subcommands: [StandInGrant.self, StandInEnd.self, StandInList.self]
    )
}
