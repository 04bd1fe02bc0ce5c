//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import Foundation
import GridModel
import GridRuntime

/// `gridwork order issue`.
struct OrderIssue: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue a work order; it is kept and sent also while the broker is away."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The order file, - for standard input; schemas/order.schema.json describes it.")
    var file: String

    @Option(name: .customLong("as"), help: "The post that issues it; the top post when not given.")
    var actor: PostAddress?

    @Option(help: "The command's identifier; giving the same one again issues nothing twice.")
    var commandID: String?

    private struct Result: Encodable {
        let id: OrderID
        let title: String
        let dueAt: Instant?
        /// How many posts get a leg straight from the issuer.
        let issued: Int
    }

    func execute(_ context: Context) async throws {
        let draft = try OrderFile.draft(from: try InputFile.read(file))
        let decision = try await context.withStore { store in
            let organization = try await context.organization(of: store)
            guard let actor = actor ?? organization.top?.post else {
                throw CommandFailure.usage("name the post that issues the order with --as role@code")
            }
            let command = Command(id: try CommandIdentifier.make(commandID), actor: actor, body: .issue(draft))
            return try await context.perform(command, in: store)
        }
        guard let decision, let order = decision.order else {
            throw CommandFailure(
                failure: Failure(
                    "repeated",
                    "Issued before",
                    "a command with this identifier was carried out already",
                    exit: Failure.Exit.refused
                )
            )
        }
        let result = Result(id: order.id, title: order.title, dueAt: order.dueAt, issued: decision.legs.count)
        try context.output.result(result) { result in
            ["Issued \(result.id) 「\(result.title)」 to \(result.issued) posts.", "gridwork order watch \(result.id)"]
        }
    }
}
