//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore

/// `gridwork order recall`.
struct OrderRecall: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "recall",
        abstract: "Recall an order, all the way down."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The order's case number.")
    var id: String

    @Option(help: "Why; everybody who holds a part of it is told.")
    var reason: String

    func execute(_ context: Context) async throws {
        let root = AssignmentID(rootOf: try OrderCommand.id(id))
        let reason = reason
        try await context.withStore { store in
            guard let assignment = try await store.read({ try $0.assignment(root) }) else {
                throw CommandFailure.notFound("there is no order \(root); gridwork order list shows them")
            }
            let command = Command(
                id: try CommandIdentifier.make(nil),
                actor: assignment.post,
                body: .act(.recall, root, ActionBody(note: reason))
            )
            _ = try await context.perform(command, in: store)
            let view = try await store.read {
                try OrderCommand.view(root.order, in: $0, now: WallClock.system.now)
            }
            try context.output.result(view) { ["Recalled \($0.id); the recall is on its way to every leg."] }
        }
    }
}
