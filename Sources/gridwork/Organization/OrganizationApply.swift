//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore

/// `gridwork organization apply`.
struct OrganizationApply: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Put an organization in force; a running node follows at once.",
        discussion: "Refused while a post that it removes still holds work, so that nothing is left to nobody."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The file, - for standard input.")
    var file: String

    func execute(_ context: Context) async throws {
        let (bytes, organization) = try OrganizationCommand.read(file)
        let version = try await context.withStore { store in
            try await store.write { store in
                try Self.checkRemovals(organization, in: store)
                return try store.saveOrganization(bytes, at: WallClock.system.now)
            }
        }
        try context.output.result(OrganizationSummary(organization, version: version)) {
            ["\($0.line). Applied as version \($0.version ?? 0)."]
        }
    }

    private static func checkRemovals(_ organization: Organization, in store: StoreTransaction) throws {
        guard let current = try OrganizationCache().organization(in: store)?.organization else { return }
        let removed = current.units.map(\.post).filter { organization.unit(of: $0) == nil }
        let holding = try store.openAssignments(heldBy: removed)
        guard holding.isEmpty else {
            let some = holding.prefix(5).map { "\($0.post) (\($0.count))" }.joined(separator: ", ")
            throw CommandFailure(
                failure: Failure(
                    "posts-hold-work",
                    "Posts would be removed that hold work",
                    "\(holding.count) posts: \(some); reassign or recall their assignments first",
                    exit: Failure.Exit.refused
                )
            )
        }
    }
}
