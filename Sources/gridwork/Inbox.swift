//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridRuntime
import GridStore
import GridTerminal

/// `gridwork inbox`.
struct Inbox: GridworkCommand {
    static let configuration = CommandConfiguration(abstract: "Show what a post has to do.")

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The post, role@code.")
    var post: PostAddress

    @Flag(help: "Also what is completed, returned or recalled.")
    var all = false

    @Option(help: "At most so many.")
    var limit = 100

    func execute(_ context: Context) async throws {
        guard (1...10_000).contains(limit) else { throw CommandFailure.usage("--limit takes 1 to 10000") }
        let (post, all, limit) = (post, all, limit)
        let items = try await context.withStore { store in
            guard try await context.organization(of: store).unit(of: post) != nil else {
                throw CommandFailure.notFound("there is no post \(post); gridwork organization show lists them")
            }
            return try await store.read { try $0.inbox(of: post, includeFinal: all, limit: limit) }
        }
        let now = WallClock.system.now
        let views = items.map { AssignmentView($0.assignment, title: $0.title, now: now) }
        try context.output.result(views) { views in
            guard !views.isEmpty else { return ["\(post) has nothing to do."] }
            var table = Table(["ASSIGNMENT", "STATE", "LIGHT", "DUE", "TITLE"])
            for view in views {
                table.add([
                    view.id.text, view.state.rawValue, view.light.rawValue, view.dueAt.local, view.title ?? "",
                ])
            }
            return table.lines
        }
    }
}
