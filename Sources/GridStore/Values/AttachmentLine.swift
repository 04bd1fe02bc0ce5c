//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// An attachment as it is kept: what it is, and who attached it when.
package struct AttachmentLine: Sendable, Hashable {
    /// Its number; grows with every attachment.
    package var n: Int64
    /// What it is.
    package var attachment: Attachment
    /// The post that attached it.
    package var post: PostAddress
    /// The name of the person who did; nil for whoever works at the node's machine.
    package var person: String?
    /// When.
    package var at: Instant
}
