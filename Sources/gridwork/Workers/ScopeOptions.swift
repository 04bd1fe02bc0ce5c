//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore

/// The options that say which mailboxes are meant.
struct ScopeOptions: ParsableArguments {
    @Argument(help: "The cell, the community or the street whose mailboxes are meant, with all inside it.")
    var area: UnitCode?

    @Flag(help: "All mailboxes of the node.")
    var all = false

    @Option(help: "The role whose mailboxes are meant, as the organization's levels name it; all when not given.")
    var role: String?

    /// Whether nothing is named.
    var isEmpty: Bool { area == nil && !all }

    /// The scope.
    ///
    /// - Throws: `ValidationError` unless either an area or all is named.
    func scope() throws -> MailboxScope {
        guard (area == nil) == all else { throw ValidationError("Name a cell, a community or the street, or --all.") }
        return MailboxScope(area: area, role: role)
    }

    /// The mailboxes of this node that a scope means.
    ///
    /// - Throws: `CommandFailure` when there are none.
    func mailboxes(in scope: MailboxScope, of store: StateFile, _ context: Context) async throws -> [Mailbox] {
        let organization = try await context.organization(of: store)
        if let area, organization.unit(area) == nil {
            throw CommandFailure.usage("there is no unit \(area) in the organization")
        }
        if let role, !organization.levels.contains(where: { $0.role == role }) {
            let roles = Set(organization.levels.map(\.role)).sorted().joined(separator: ", ")
            throw CommandFailure.usage("there is no role \(role); the organization has \(roles)")
        }
        let mailboxes = context.settings.hosted.mailboxes(in: organization).filter(scope.contains)
        if mailboxes.isEmpty {
            throw CommandFailure.usage("this node hosts no such mailbox; mailboxes are those of cells and offices")
        }
        return mailboxes
    }

    /// Says how the mailboxes are to be served, waits for the processes to follow, and reports it.
    func set(
        _ instruction: ScaleRule.Instruction,
        _ context: Context,
        saying what: @escaping (_ mailboxes: String) -> String
    ) async throws {
        let meant = try scope()
        let result = try await context.withStore { store in
            let mailboxes = try await mailboxes(in: meant, of: store, context)
            let desk = WorkerDesk(store: store, logger: context.logger)
            return ScaleView(
                mailboxes: mailboxes.count,
                following: try await desk.set(instruction, for: meant)
            )
        }
        try context.output.result(result) { result in
            [what(result.mailboxes == 1 ? "1 mailbox" : "\(result.mailboxes) mailboxes"), result.following.sentence]
        }
    }
}

/// What became of something that was said about mailboxes.
struct ScaleView: Encodable {
    let mailboxes: Int
    let following: WorkerDesk.Following
}

extension WorkerDesk.Following {
    /// How processes followed, in a sentence.
    var sentence: String {
        if processes == 0 { return "No process runs; those that start will follow." }
        let milliseconds = Int((seconds * 1_000).rounded())
        return followed == processes
            ? "\(processes) running, all followed within \(milliseconds) ms."
            : "\(followed) of \(processes) running followed within \(milliseconds) ms; see gridwork workers."
    }
}
