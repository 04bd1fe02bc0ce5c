//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore

/// A photo, or another file, that is attached to an assignment; names as in `photo.mustache`.
struct PhotoView: Sendable {
    /// The page that shows it as large as there is room.
    let photoLink: String
    /// The file itself.
    let photoFile: String
    let photoText: String

    init(_ line: AttachmentLine, of id: AssignmentID, _ time: OfficeTime) {
        let kind = time.texts("photos", of: line.attachment.kind.rawValue)
        photoLink = PageAddress.photo(line.attachment.file.hash, of: id)
        photoFile = PageAddress.file(line.attachment.file.hash, of: id)
        photoText = time.texts("photoText", ["kind": kind, "time": time.text(line.at)])
    }
}
