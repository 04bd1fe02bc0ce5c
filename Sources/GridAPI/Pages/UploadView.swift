//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel

/// The form that adds photos to an item when they are taken; names as in `upload.mustache`.
struct UploadView: Sendable {
    let uploadAction: String
    /// Tells what a browser keeps apart; the same photo sent twice is one in any case.
    let key = UUID().uuidString.lowercased()
    let actor: String
    let back: [CommandView.Back]

    /// - Parameter back: The page of the console that led to the item's page.
    init(_ id: AssignmentID, as post: PostAddress, back: String?) {
        uploadAction = PageAddress.photos(of: id)
        actor = "\(post)"
        self.back = back.map { [CommandView.Back(backLink: $0)] } ?? []
    }
}
