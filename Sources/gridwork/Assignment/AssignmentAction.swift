//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// What every action on an assignment takes.
struct ActionOptions: ParsableArguments {
    @Argument(help: "The assignment's identifier.")
    var id: AssignmentID

    @Option(name: .customLong("as"), help: "The post that acts, role@code.")
    var actor: PostAddress

    @Option(help: "What to tell the others.")
    var note: String?

    @Option(help: "The command's identifier; giving the same one again does nothing twice.")
    var commandID: String?
}

/// An action on an assignment: one local transaction.
protocol AssignmentAction: GridworkCommand {
    static var verb: CommandVerb { get }
    var action: ActionOptions { get }
    var body: ActionBody { get }
}

extension AssignmentAction {
    var body: ActionBody { ActionBody(note: action.note) }

    func execute(_ context: Context) async throws {
        let command = Command(
            id: try CommandIdentifier.make(action.commandID),
            actor: action.actor,
            body: .act(Self.verb, action.id, body)
        )
        let id = action.id
        let view = try await context.withStore { store in
            _ = try await context.perform(command, in: store)
            return try await store.read { try AssignmentView.read(id, in: $0, now: WallClock.system.now) }
        }
        try context.output.result(view) { view in
            guard view?.post == command.actor else {
                // An issuer's or a superior's decision reaches the holder's page when the mail does.
                return ["Done: \(Self.verb.rawValue) \(id). Its holder is being told."]
            }
            return ["Done: \(Self.verb.rawValue) \(id).\(view.map { " It is \($0.state.rawValue)." } ?? "")"]
        }
    }
}
