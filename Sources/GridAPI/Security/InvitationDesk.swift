//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// Makes invitations for those who hold posts below an office's, and an account for a post that has none.
struct InvitationDesk {
    /// How long an invitation holds that goes round on paper.
    static let lifetimeMilliseconds: Int64 = 7 * 86_400_000

    let access: Access
    let now: Instant

    /// What lets somebody sign in as a post.
    struct Made: Sendable {
        let post: PostAddress
        let person: Int64
        let secret: Secret
    }

    /// Invites whoever holds some posts. Of several people with one post each is invited.
    ///
    /// Left out is who could do more by it than the office may give: somebody who also holds, or stands in for, a post that is
    /// not below hers; and who is disabled.
    func invite(to posts: [PostAddress], in store: StoreTransaction) throws -> [Made] {
        let people = try store.people()
        let standIns = Dictionary(grouping: try store.standIns(at: now, limit: .max), by: \.person)
        return try posts.filter(access.mayInvite).flatMap { post -> [Made] in
            var holders = people.filter { $0.posts.contains(post) }
            if holders.isEmpty, let person = try add(post, in: store) { holders = [person] }
            let invited = holders.filter { person in
                let others = person.posts + (standIns[person.name] ?? []).map(\.post)
                return !person.isDisabled && others.allSatisfy(access.mayInvite)
            }
            return try invited.map { person in
                let secret = Secret()
                try store.saveInvitation(
                    hash: secret.hash,
                    of: person.n,
                    expiresAt: now.adding(milliseconds: Self.lifetimeMilliseconds),
                    at: now
                )
                return Made(post: post, person: person.n, secret: secret)
            }
        }
    }

    /// Adds somebody for a post, named after it; nil where somebody has that name.
    private func add(_ post: PostAddress, in store: StoreTransaction) throws -> Person? {
        let name = "\(post.role)-\(post.code)"
        guard Person.isName(name), try store.addPerson(named: name, posts: [post], at: now) != nil else { return nil }
        return try store.person(named: name)
    }
}
