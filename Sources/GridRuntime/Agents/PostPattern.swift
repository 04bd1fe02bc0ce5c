//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// A pattern of posts: an address in which `*` stands for any characters, such as `liaison@310105002015*`.
package struct PostPattern: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as written.
    package let description: String
    private let pieces: [Substring]

    /// Creates a pattern; every text is one.
    package init(_ text: String) {
        description = text
        pieces = text.split(separator: "*", omittingEmptySubsequences: false)
    }

    /// Whether a post fits the pattern.
    package func matches(_ post: PostAddress) -> Bool {
        var rest = post.description[...]
        guard let first = pieces.first, let last = pieces.last, rest.hasPrefix(first) else { return false }
        if pieces.count == 1 { return rest == first }
        rest = rest.dropFirst(first.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            guard let found = rest.firstRange(of: piece) else { return false }
            rest = rest[found.upperBound...]
        }
        return rest.count >= last.count && rest.hasSuffix(last)
    }
}
