//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// `gridwork assignment show`.
struct AssignmentShow: GridworkCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an assignment.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The assignment's identifier.")
    var id: AssignmentID

    func execute(_ context: Context) async throws {
        let id = id
        let view = try await context.withStore { store in
            try await store.read { try AssignmentView.read(id, in: $0, now: WallClock.system.now) }
        }
        guard let view else { throw CommandFailure.notFound("there is no assignment \(id) in this state file") }
        try context.output.result(view) { view in
            var lines = ["\(view.id)  \(view.title ?? "(recalled before it was issued)")"]
            lines.append(
                "\(view.state.rawValue), held by \(view.post), issued by \(view.issuer?.description ?? "itself")"
            )
            if let waitingOn = view.waitingOn { lines.append("waits for \(waitingOn)") }
            lines.append("light \(view.light.rawValue), due \(view.dueAt.local)")
            if view.legs.total > 0 {
                let states = AssignmentState.allCases.filter { view.legs[$0] > 0 }
                lines.append("legs: " + states.map { "\($0.rawValue) \(view.legs[$0])" }.joined(separator: ", "))
            }
            return lines
        }
    }
}
