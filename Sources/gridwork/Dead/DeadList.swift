//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime
import GridTerminal

/// `gridwork dead list`.
struct DeadList: GridworkCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the dead letters.")

    @OptionGroup var global: GlobalOptions

    @OptionGroup var filter: DeadFilterOptions

    func execute(_ context: Context) async throws {
        let desk = DeadLetterDesk(broker: context.settings.broker, logger: context.logger)
        let views = try await desk.letters(filter.filter).map { DeadLetterView($0) }
        try context.output.result(views) { views in
            guard !views.isEmpty else { return ["No dead letters."] }
            var table = Table(["KEY", "AT", "TO", "REASON", "TRIES", "DETAIL"])
            for view in views {
                let (at, tries) = (view.at.local, view.problem.attempts.map(String.init) ?? "-")
                table.add([view.key, at, view.routingKey, view.problem.kind, tries, view.problem.detail])
            }
            return table.lines
        }
    }
}
