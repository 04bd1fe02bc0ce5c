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

    /// An item's page with the way back to a page of the console.
    static func item(_ id: AssignmentID, from console: String?) -> String {
        item(id) + (console.map { "?\(back)=\(SignInReturn.escaped($0))" } ?? "")
    }

    /// The parameter of an item's page, and the field of its forms, with the page of the console that led to it.
    static let back = "back"

    /// The page of the console that a request names as the one to go back to; nil for any other address.
    static func console(_ text: String?) -> String? {
        SignInReturn.address(text).flatMap { isField($0.split(separator: "?").first.map(String.init) ?? "") ? nil : $0 }
    }

    /// A file that is attached to an item; browsers show their cookie to the API as well.
    static func file(_ hash: FileHash, of id: AssignmentID) -> String { "/v1/assignments/\(id)/attachments/\(hash)" }

    /// What photos of an item are sent to.
    static func photos(of id: AssignmentID) -> String { "\(item(id))/photos" }

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
