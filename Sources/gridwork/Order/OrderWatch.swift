//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// `gridwork order watch`.
struct OrderWatch: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch an order live until it is completed or recalled.",
        discussion: "With --json, prints a line whenever something changed. Exits 1 when the order was recalled."
    )

    /// The shortest time between two pictures: what changes faster cannot be read.
    private static let pace = Duration.milliseconds(250)
    /// A picture is drawn anew at least so often, since lights change by themselves.
    private static let refresh = Duration.seconds(10)

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The order's case number.")
    var id: String

    @Option(help: "How many levels of the organization the tree shows.")
    var levels = 2

    private struct Progress: Encodable, Hashable {
        let id: OrderID
        let state: AssignmentState?
        let counts: CountsView
        let waitingOn: [HoldUpView]
    }

    func execute(_ context: Context) async throws {
        let id = try OrderCommand.id(id)
        let levels = levels
        let final = try await context.withStore { store -> AssignmentState? in
            let organization = try await context.organization(of: store)
            guard try await store.read({ try $0.order(id) }) != nil else {
                throw CommandFailure.notFound("there is no order \(id); gridwork order list shows them")
            }
            // Watched before it is looked at, so that no change falls in between.
            let signal = Signal()
            return try await withThrowingTaskGroup(of: Void.self) { group in
                let changes = try store.changes()
                group.addTask {
                    for await _ in changes { signal.notify() }
                }
                defer { group.cancelAll() }
                var screen = Screen(output: context.output)
                while true {
                    let picture = try await store.read {
                        try OrderPicture(id, in: $0, organization, levels: levels, now: WallClock.system.now)
                    }
                    try show(picture, of: id, on: &screen)
                    if let state = picture.state, state.isFinal { return state }
                    try await Task.sleep(for: Self.pace)
                    await signal.wait(atMost: Self.refresh)
                    try Task.checkCancellation()
                }
            }
        }
        if final != .completed { throw ExitCode(Failure.Exit.refused) }
    }

    private func show(_ picture: OrderPicture, of id: OrderID, on screen: inout Screen) throws {
        if screen.output.json {
            let progress = Progress(
                id: id,
                state: picture.state,
                counts: picture.counts,
                waitingOn: picture.holdingUp
            )
            try screen.print(progress)
        } else {
            screen.draw(picture.lines, summary: "\(id) \(picture.state?.rawValue ?? ""): \(picture.counts.line)")
        }
    }
}
