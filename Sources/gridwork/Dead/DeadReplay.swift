//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork dead replay`.
struct DeadReplay: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Send a dead letter to its original mailbox, its identifier kept."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The letter's key.")
    var key: String

    func execute(_ context: Context) async throws {
        let desk = DeadLetterDesk(broker: context.settings.broker, logger: context.logger)
        try await desk.replay(key).check(key)
        try context.output.result(["replayed": key]) { _ in ["Replayed \(key)."] }
    }
}
