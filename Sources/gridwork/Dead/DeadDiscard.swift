//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork dead discard`.
struct DeadDiscard: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Take a dead letter off for good."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The letter's key.")
    var key: String

    func execute(_ context: Context) async throws {
        let desk = DeadLetterDesk(broker: context.settings.broker, logger: context.logger)
        try await desk.discard(key).check(key)
        try context.output.result(["discarded": key]) { _ in ["Discarded \(key)."] }
    }
}
