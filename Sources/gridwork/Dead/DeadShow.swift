//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime

/// `gridwork dead show`.
struct DeadShow: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a dead letter whole. Its body may hold residents' words."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The letter's key.")
    var key: String

    func execute(_ context: Context) async throws {
        let desk = DeadLetterDesk(broker: context.settings.broker, logger: context.logger)
        guard let letter = try await desk.letters().first(where: { $0.key == key }) else {
            throw CommandFailure.notFound("there is no dead letter \(key); gridwork dead list shows them")
        }
        try context.output.result(DeadLetterView(letter, whole: true)) { view in
            let headers = (view.headers ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            let problem = view.problem
            let facts = [
                ("type", problem.type), ("detail", problem.detail), ("instance", problem.instance),
                ("attempts", problem.attempts.map(String.init) ?? "not known"),
                ("at", view.at?.description ?? "not known"), ("mailbox", view.origin ?? "none"),
                ("exchange", view.exchange), ("routing key", view.routingKey), ("message id", view.messageID),
            ].map { "\($0): \($1)" }
            return [problem.title] + facts + [""] + headers + ["", view.body ?? ""]
        }
    }
}
