//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime

/// `gridwork dead list`.
struct DeadList: GridworkCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the dead letters.")

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws {
        let desk = DeadLetterDesk(broker: context.settings.broker, logger: context.logger)
        let views = try await desk.letters().map { DeadLetterView($0) }
        try context.output.result(views) { views in
            guard !views.isEmpty else { return ["No dead letters."] }
            var table = Table(["KEY", "AT", "TYPE", "TO", "REASON"])
            for view in views {
                table.add([view.key, view.at ?? "-", view.type, view.routingKey, view.reason])
            }
            return table.lines
        }
    }
}
