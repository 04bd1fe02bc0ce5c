//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// A stand-in as the API and the commands tell it.
package struct StandInView: Encodable, Sendable {
    /// What it is named by.
    package let number: Int64
    /// The post that is acted for.
    package let post: PostAddress
    /// Who acts.
    package let person: String
    /// From when on.
    package let from: Instant
    /// Until when.
    package let until: Instant
    /// Who granted it; nil for the command line.
    package let grantedBy: String?
    /// When it was granted.
    package let grantedAt: Instant

    /// Tells a stand-in.
    package init(_ standIn: StandIn) {
        number = standIn.n
        post = standIn.post
        person = standIn.person
        from = standIn.beginsAt
        until = standIn.endsAt
        grantedBy = standIn.grantedBy
        grantedAt = standIn.grantedAt
    }
}
