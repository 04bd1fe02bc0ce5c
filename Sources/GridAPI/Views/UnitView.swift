//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// A unit of the organization and its post, as the API and the commands tell it.
package struct UnitView: Encodable, Sendable {
    /// The unit's code.
    package let code: UnitCode
    /// The name of its level.
    package let level: String
    /// What it is called.
    package let name: String
    /// Its post.
    package let post: PostAddress
    /// Who holds the post.
    package let holder: String
    /// The post that the holder escalates to; nil at the top.
    package let superior: PostAddress?

    /// Tells a unit of `organization`.
    package init(_ unit: Unit, in organization: Organization) {
        code = unit.code
        level = organization.level(of: unit).name
        name = unit.name
        post = unit.post
        holder = unit.holder
        superior = unit.superior
    }
}
