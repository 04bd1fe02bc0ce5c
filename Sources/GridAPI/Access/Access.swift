//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import HTTPTypes

/// What a person may see and do: her posts, and what hangs below them, nothing else.
///
/// The rules, all of them:
/// - She acts as a post that she holds, never as one below it; while she stands in for a post, she holds it.
/// - She sees a post that she holds, and every post of the units inside that post's unit.
/// - She sees an assignment that a post she sees holds; one that a post she holds has issued, wherever it went; and one
///   that waits for the answer of a post she holds.
/// - She sees a work order when she sees one of its assignments, and of its assignments those she sees.
///
/// - She names a stand-in for a post that is her own or below her own in the chain of superiors; not for one for which
///   she stands in herself.
/// - With a post of her own that is an office, the one at the top or one that only supervises, she invites to sign in who
///   holds posts below it in the chain of superiors, and only such.
///
/// What she may not see does not exist for her: the answer is the same as for what is not there.
struct Access: Sendable {
    /// The person.
    let person: Person
    /// Who stands where.
    let organization: Organization
    /// The posts she holds or stands in for that exist in the organization.
    let held: [PostAddress]
    /// Those of them that are her own.
    let own: [PostAddress]

    init(_ person: Person, in organization: Organization) {
        self.person = person
        self.organization = organization
        own = person.posts.filter { organization.unit(of: $0) != nil }
        held = (own + person.standsInFor.filter { !person.posts.contains($0) && organization.unit(of: $0) != nil })
            .sorted()
    }

    /// Whether she may act as a post.
    func holds(_ post: PostAddress) -> Bool { held.contains(post) }

    /// Whether she acts for a post without holding it herself.
    func standsIn(for post: PostAddress) -> Bool { holds(post) && !own.contains(post) }

    /// Whether she may name a stand-in for a post.
    func maySubstitute(_ post: PostAddress) -> Bool {
        own.contains { $0 == post || organization.isSuperior($0, of: post) }
    }

    /// Whether a post is hers or below one of hers.
    func sees(_ post: PostAddress) -> Bool {
        held.contains { $0 == post || ($0.code.contains(post.code) && $0.code != post.code) }
    }

    /// Whether a unit is that of one of her posts, or lies inside it.
    func sees(_ area: UnitCode) -> Bool { held.contains { $0.code.contains(area) } }

    /// Whether she may see an assignment.
    func sees(_ assignment: Assignment) -> Bool {
        sees(assignment.post) || assignment.issuer.map(holds) ?? false || assignment.escalatedTo.map(holds) ?? false
    }

    /// The posts she sees, those above first; nil when that is all of the organization.
    var posts: [PostAddress]? {
        if let top = organization.top?.post, holds(top) { return nil }
        var seen: Set<PostAddress> = []
        var posts: [PostAddress] = []
        for post in held {
            for unit in organization.units(in: post.code) where seen.insert(unit.post).inserted {
                posts.append(unit.post)
            }
        }
        return posts
    }

    /// The post a command is given as: the one that was named, or the only one she holds.
    func actor(named post: PostAddress?) throws -> PostAddress {
        if let post {
            guard holds(post) else {
                throw Problem(.forbidden, "not-your-post", "You do not hold this post", "act as a post that you hold")
            }
            return post
        }
        guard held.count == 1, let only = held.first else {
            throw Problem(
                .badRequest,
                "which-post",
                "As which post?",
                held.isEmpty
                    ? "you hold no post of this organization"
                    : "you hold \(held.count) posts; name the one that acts with ?as=role@code"
            )
        }
        return only
    }
}
