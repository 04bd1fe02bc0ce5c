//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// A list as JSON, so that one bound argument carries any number of values to `json_each`.
struct JSONText {
    let text: String

    /// Posts need no escaping: their address has lower-case letters, digits, hyphens and one `@`.
    init(_ posts: [PostAddress]) {
        text = "[" + posts.map { "\"\($0)\"" }.joined(separator: ",") + "]"
    }
}
