//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A leg on its issuer's page: what the issuer knows of an assignment it issued.
package struct Leg: Hashable, Sendable {
    /// The identifier of the assignment.
    package var id: AssignmentID
    /// The post that was given it.
    package var post: PostAddress
    /// The area it is about.
    package var area: UnitCode
    /// Its state, as last reported or decided here.
    package var state: AssignmentState
    /// The revision of the last report taken over.
    package var revision = 0

    /// Creates a leg that is being issued.
    package init(id: AssignmentID, post: PostAddress, area: UnitCode) {
        self.id = id
        self.post = post
        self.area = area
        self.state = .issued
    }
}
