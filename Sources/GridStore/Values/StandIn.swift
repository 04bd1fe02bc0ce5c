//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Somebody who acts for a post that she does not hold (A/B 角), for a period.
package struct StandIn: Sendable, Hashable {
    /// Its number.
    package var n: Int64
    /// The post.
    package var post: PostAddress
    /// The name of the person who stands in.
    package var person: String
    /// From when on.
    package var beginsAt: Instant
    /// Until when; this instant is no more part of it.
    package var endsAt: Instant
    /// The name of the person who granted it; nil for whoever runs the node.
    package var grantedBy: String?
    /// When it was granted.
    package var grantedAt: Instant

    /// The longest period, in milliseconds: a year. Who is away for longer gives the post up.
    package static let longest: Int64 = 366 * 86_400_000

    /// What is wrong with a period, in a sentence; nil when nothing is.
    package static func problem(from beginsAt: Instant, to endsAt: Instant, now: Instant) -> String? {
        if endsAt <= beginsAt { return "the end has to come after the beginning" }
        if endsAt <= now { return "the end is past already" }
        if beginsAt.adding(milliseconds: longest) < endsAt { return "a period lasts a year at most" }
        return nil
    }
}

/// Who gave a command.
package struct Performer: Sendable, Hashable {
    /// The person's number.
    package var person: Int64
    /// Whether she stood in for whoever holds the post.
    package var isStandIn: Bool

    /// Creates a performer.
    package init(person: Int64, isStandIn: Bool) {
        self.person = person
        self.isStandIn = isStandIn
    }
}
