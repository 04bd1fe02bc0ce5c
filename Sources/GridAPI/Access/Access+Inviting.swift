//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

extension Access {
    /// Her own posts that invite: the office at the top, and those that supervise without having work themselves. A post she
    /// stands in for is none of them.
    var invitingPosts: [PostAddress] {
        own.filter { post in
            guard let unit = organization.unit(of: post) else { return false }
            return organization.superior(of: post) == nil || !organization.level(of: unit).receivesWork
        }
    }

    /// Whether she may let somebody sign in who acts as a post: who stands above it and is an office.
    func mayInvite(_ post: PostAddress) -> Bool {
        invitingPosts.contains { organization.isSuperior($0, of: post) }
    }

    /// The posts of a unit for which she may invite somebody.
    func invitedPosts(in unit: UnitCode) -> [PostAddress] {
        organization.units(in: unit).map(\.post).filter(mayInvite)
    }
}
