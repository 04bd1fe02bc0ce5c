//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import Hummingbird

/// A photo by itself, as large as the screen has room: opened as a file it would be saved.
struct PhotoPage {
    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let back: String
        let backText: String
        let photo: PhotoView
    }

    func response(_ id: AssignmentID, _ hash: FileHash) async throws -> Response {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let content = try await visit.services.store.read { store -> Content in
            try access.checkFiles(of: id, in: store)
            let line = try store.attachments(of: id).first {
                $0.attachment.file.hash == hash && $0.attachment.file.type == .jpeg
            }
            guard let line else { throw Problem.notFound("there is no such photo of this assignment") }
            // Another node's item has no page here: its photos are among what is below.
            let isHere = try store.assignment(id) != nil
            return Content(
                back: isHere ? PageAddress.item(id) : PageAddress.below,
                backText: isHere ? texts("photoBack") : texts("tabBelow"),
                photo: PhotoView(line, of: id, time)
            )
        }
        var frame = PageFrame(visit, title: content.photo.photoText)
        // A photo does not change.
        frame.follow = ""
        return visit.page("photoPage", content, in: frame)
    }
}
