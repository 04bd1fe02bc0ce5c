//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Which work orders a list has.
package struct OrderFilter: Sendable, Hashable {
    /// A place in the list of orders, the newest first.
    package struct Place: Sendable, Hashable {
        /// When the order was issued.
        package var issuedAt: Instant
        /// Its case number.
        package var id: OrderID

        /// Creates a place.
        package init(issuedAt: Instant, id: OrderID) {
            self.issuedAt = issuedAt
            self.id = id
        }
    }

    /// The longest text that is searched for, in characters.
    package static let longestText = 100

    /// Only those behind this one.
    package var after: Place?
    /// Only those whose own assignment is in this state.
    package var state: AssignmentState?
    /// Only those of this affairs module.
    package var module: AffairsModule?
    /// Only those with this in their title or case number, whichever case its letters have; nil or empty for all.
    package var text: String?
    /// Only those with an assignment that is late, of `posts` where these are given.
    package var isLate: Bool
    /// Only those of which one of these posts has an assignment, which are then all that is counted; nil for all.
    package var posts: [PostAddress]?

    /// Creates a filter; one of nothing lets everything pass.
    package init(
        after: Place? = nil,
        state: AssignmentState? = nil,
        module: AffairsModule? = nil,
        text: String? = nil,
        isLate: Bool = false,
        posts: [PostAddress]? = nil
    ) {
        self.after = after
        self.state = state
        self.module = module
        self.text = text
        self.isLate = isLate
        self.posts = posts
    }
}
