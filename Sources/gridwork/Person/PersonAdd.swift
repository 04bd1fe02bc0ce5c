//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridStore

/// `gridwork person add`.
struct PersonAdd: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "add",
        abstract: "Add a person and the posts she holds; gridwork person password lets her in."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The name to sign in with: lower-case letters, digits, dots, hyphens and underscores.")
    var name: String

    @Option(parsing: .upToNextOption, help: "The posts she holds, role@code.")
    var post: [PostAddress] = []

    func execute(_ context: Context) async throws {
        guard Person.isName(name) else {
            throw CommandFailure.usage(
                "a name is 1 to 64 lower-case letters, digits, dots, hyphens and underscores, the first a letter or digit"
            )
        }
        let (name, posts) = (name, post)
        let person = try await context.withStore { store in
            try PersonCommand.check(posts, in: try await context.organization(of: store))
            return try await store.write { store in
                guard try store.addPerson(named: name, posts: posts, at: WallClock.system.now) != nil else {
                    throw CommandFailure(
                        failure: Failure(
                            "name-taken",
                            "The name is taken",
                            "there is a person \(name) already; gridwork person posts changes what she holds",
                            exit: Failure.Exit.refused
                        )
                    )
                }
                return try PersonCommand.find(name, in: store)
            }
        }
        try context.output.result(PersonView(person)) { person in
            ["Added \(person.name), holding \(person.posts.count) posts.", "gridwork person password \(person.name)"]
        }
    }
}
