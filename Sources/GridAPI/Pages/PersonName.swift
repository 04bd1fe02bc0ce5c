//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

extension Person {
    /// What people call her: what the organization says of the post she holds, and where it says nothing, or different things
    /// of several, the name she signs in with.
    func calledName(in organization: Organization) -> String {
        let names = Set(posts.compactMap { organization.unit(of: $0)?.holder }.filter { !$0.isEmpty })
        return names.count == 1 ? names.first ?? name : name
    }
}
