//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore

/// `gridwork order show`.
struct OrderShow: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an order: its text, its counts, its tree, and who is holding it up."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The order's case number.")
    var id: String

    @Option(help: "How many levels of the organization the tree shows.")
    var levels = 3

    func execute(_ context: Context) async throws {
        let id = try OrderCommand.id(id)
        let now = WallClock.system.now
        try await context.withStore { store in
            if context.output.json {
                try context.output.value(try await store.read { try OrderCommand.view(id, in: $0, now: now) })
                return
            }
            let organization = try await context.organization(of: store)
            let (order, picture) = try await store.read { store in
                guard let order = try store.order(id) else {
                    throw CommandFailure.notFound("there is no order \(id); gridwork order list shows them")
                }
                return (order, try OrderPicture(id, in: store, organization, levels: levels, now: now))
            }
            context.output.line("\(order.id)  \(order.title)")
            context.output.line(
                "issued by \(order.issuedBy) at \(order.issuedAt.local), due \(order.dueAt.local)"
            )
            context.output.line()
            context.output.line(order.body)
            context.output.line()
            for line in picture.lines { context.output.line(line) }
        }
    }
}
