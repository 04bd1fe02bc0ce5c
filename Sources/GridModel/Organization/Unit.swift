//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// A unit of the organization and the holder of its post.
package struct Unit: Hashable, Sendable {
    /// The unit's code.
    package let code: UnitCode
    /// The unit's name for people.
    package let name: String
    /// Who holds the unit's post.
    package let holder: String
    /// The address of the unit's post.
    package let post: PostAddress
    /// The post this one escalates to, nil at the top.
    package let superior: PostAddress?
    /// The unit's place in `Organization.levels`.
    package let levelIndex: Int
}
