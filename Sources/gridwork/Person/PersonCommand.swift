//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridModel
import GridStore

/// `gridwork person`.
struct PersonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "Who may sign in, and which posts each holds.",
        subcommands: [
            PersonAdd.self, PersonPassword.self, PersonInvite.self, PersonPosts.self, PersonDisable.self,
            PersonEnable.self, PersonList.self,
        ]
    )

    /// The person of a name.
    static func find(_ name: String, in store: some StoreQueries) throws -> Person {
        guard let person = try store.person(named: name) else {
            throw CommandFailure.notFound("there is no person \(name); gridwork person list shows them")
        }
        return person
    }

    /// Checks that posts exist.
    static func check(_ posts: [PostAddress], in organization: Organization) throws {
        for post in posts where organization.unit(of: post) == nil {
            throw CommandFailure.usage("there is no post \(post); gridwork organization show names them")
        }
    }
}

/// A password made here, for a person to be told.
struct MadePassword: Encodable {
    let name: String
    let password: String
}

/// What was done to a person.
struct PersonView: Encodable {
    let number: Int64
    let name: String
    let posts: [PostAddress]
    let hasPassword: Bool
    let isDisabled: Bool
    let createdAt: Instant

    init(_ person: Person) {
        number = person.n
        name = person.name
        posts = person.posts
        hasPassword = person.hasPassword
        isDisabled = person.isDisabled
        createdAt = person.createdAt
    }
}
