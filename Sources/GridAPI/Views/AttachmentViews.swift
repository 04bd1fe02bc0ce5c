//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// An attachment of an assignment.
struct AttachmentView: Encodable {
    let kind: Attachment.Kind
    /// The SHA-256 of what is kept, which is also the last part of its address.
    let file: String
    let type: StoredFile.MediaType
    let size: Int
    /// The post that attached it.
    let post: PostAddress
    /// The name of the person who did.
    let person: String?
    let at: Instant

    init(_ line: AttachmentLine) {
        kind = line.attachment.kind
        file = line.attachment.file.hash.text
        type = line.attachment.file.type
        size = line.attachment.file.size
        post = line.post
        person = line.person
        at = line.at
    }
}

/// The attachments of an assignment, the oldest first.
struct AttachmentListView: Encodable {
    let attachments: [AttachmentView]
}
