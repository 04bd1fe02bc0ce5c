//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// The addresses of the pages for the field.
enum PageAddress {
    static let home = "/m"
    static let below = "/m/below"
    static let signIn = "/m/sign-in"
    static let signOut = "/m/sign-out"

    /// The list, one of its tabs.
    static func list(_ tab: ItemTab) -> String { tab == .todo ? home : "\(home)?tab=\(tab.rawValue)" }

    /// An item's page.
    static func item(_ id: AssignmentID) -> String { "\(home)/items/\(id)" }

    /// A file that is attached to an item; browsers show their cookie to the API as well.
    static func file(_ hash: FileHash, of id: AssignmentID) -> String { "/v1/assignments/\(id)/attachments/\(hash)" }

    /// The page that shows a photo of an item by itself.
    static func photo(_ hash: FileHash, of id: AssignmentID) -> String { "\(item(id))/photos/\(hash)" }

    /// What a command on an item is sent to.
    static func command(_ verb: CommandVerb, on id: AssignmentID) -> String { "\(item(id))/\(verb.pathWord)" }

    /// Whether a path is one for the field.
    static func isField(_ path: String) -> Bool { path == home || path.hasPrefix(home + "/") }

    /// Whether people look at what is under a path: then also its errors are pages.
    static func isPage(_ path: String) -> Bool {
        isField(path) || path.hasPrefix(Invitation.path) || ConsoleAddress.isConsole(path)
    }
}

/// Which of a person's items are listed.
enum ItemTab: String, CaseIterable, Sendable {
    case todo, done, overdue
}
