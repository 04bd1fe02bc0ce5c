//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore

/// `gridwork stand-in grant`.
struct StandInGrant: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant",
        abstract: "Let a person act for a post that she does not hold, until a time.",
        discussion: "She signs in as herself; the history says who acted."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's name.")
    var person: String

    @Argument(help: "The post, role@code.")
    var post: PostAddress

    @Option(help: "From when on, 2026-12-01T08:00:00+08:00; from now on when not given.")
    var from: Instant?

    @Option(help: "Until when, 2026-12-15T08:00:00+08:00.")
    var until: Instant

    func execute(_ context: Context) async throws {
        let now = WallClock.system.now
        let (name, post, beginsAt, endsAt) = (person, post, max(from ?? now, now), until)
        if let problem = StandIn.problem(from: beginsAt, to: endsAt, now: now) { throw CommandFailure.usage(problem) }
        let standIn = try await context.withStore { store in
            try PersonCommand.check([post], in: try await context.organization(of: store))
            return try await store.write { store in
                let person = try PersonCommand.find(name, in: store)
                guard !person.posts.contains(post) else {
                    throw CommandFailure.usage("\(name) holds \(post) herself")
                }
                let n = try store.addStandIn(
                    for: post,
                    person: person.n,
                    from: beginsAt,
                    to: endsAt,
                    grantedBy: nil,
                    at: now
                )
                return try store.standIn(n)
            }
        }
        try context.output.result(standIn.map(StandInView.init)) { granted in
            granted.map {
                ["\($0.person) stands in for \($0.post) until \($0.until.local): gridwork stand-in end \($0.number)"]
            } ?? []
        }
    }
}
