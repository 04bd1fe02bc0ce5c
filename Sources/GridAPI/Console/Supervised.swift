//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// The part of an order that an office supervises without an assignment of its own, as a community its cells'.
struct Supervised {
    /// The highest of its assignments that are open, whose holders pass on what they are told.
    let open: [AssignmentID]

    /// - Parameter assignments: Those of the order.
    init(by office: PostAddress, in assignments: [Assignment], _ access: Access) {
        guard !assignments.contains(where: { $0.post == office }) else {
            open = []
            return
        }
        let below = assignments.filter { access.sees($0) && access.organization.isSuperior(office, of: $0.post) }
        let known = Set(below.map(\.id))
        open = below.filter { assignment in
            // What was escalated to her waits for herself.
            !(assignment.id.parent.map(known.contains) ?? false) && !assignment.state.isFinal
                && !assignment.isTombstone && !(assignment.waitingOn.map(access.holds) ?? false)
        }
        .map(\.id)
    }
}
