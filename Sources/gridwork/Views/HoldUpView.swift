//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// Who is holding an order up.
struct HoldUpView: Encodable, Hashable {
    let post: PostAddress
    let holder: String?
    let count: Int
    let oldest: AssignmentID
    let since: Instant

    init(_ load: PostLoad, in organization: Organization?) {
        post = load.post
        holder = organization?.unit(of: load.post)?.holder
        count = load.count
        oldest = load.oldest
        since = load.since
    }

    var line: String {
        "\(post)\(holder.map { " (\($0))" } ?? ""): \(count), the oldest \(oldest) since \(since.local)"
    }
}
