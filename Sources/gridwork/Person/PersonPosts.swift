//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridStore

/// `gridwork person posts`.
struct PersonPosts: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "posts",
        abstract: "Set the posts a person holds; what she held before and is not named, she holds no more."
    )

    @OptionGroup var global: GlobalOptions

    @Argument(help: "The person's name.")
    var name: String

    @Argument(help: "The posts she holds from now on, role@code; none when not given.")
    var posts: [PostAddress] = []

    func execute(_ context: Context) async throws {
        let (name, posts) = (name, posts)
        let person = try await context.withStore { store in
            try PersonCommand.check(posts, in: try await context.organization(of: store))
            return try await store.write { store in
                try store.setPosts(posts, of: try PersonCommand.find(name, in: store).n)
                return try PersonCommand.find(name, in: store)
            }
        }
        try context.output.result(PersonView(person)) { ["\($0.name) holds \($0.posts.count) posts."] }
    }
}
