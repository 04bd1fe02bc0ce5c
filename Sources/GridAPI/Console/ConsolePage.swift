//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// Reads what a page of the console shows and puts the console's frame around it.
struct ConsolePage {
    let visit: PageVisit
    let caller: Caller
    /// The page of the menu that it is, or belongs to.
    let section: ConsoleSection
    /// What happened before; told above the content.
    var notice: PageFrame.Notice?
    var status = HTTPResponse.Status.ok
    /// The page's own address where the request's is another one.
    var here = ""
    /// The streams of events that tell when the page has changed; nil for those of the person's posts.
    var follow: [String]?

    /// Answers with a page.
    ///
    /// - Parameters:
    ///   - template: Its template.
    ///   - read: Reads its content.
    ///   - title: What a browser's tab is to say.
    func response<Content: Sendable>(
        _ template: String,
        title: (Content) -> String,
        _ read: @escaping @Sendable (StoreReader) throws -> Content
    ) async throws -> Response {
        let access = caller.access
        let (content, waiting) = try await visit.services.store.read { store in
            (try read(store), try EscalationPage.waiting(access, in: store))
        }
        var frame = PageFrame(visit, title: title(content), here: here, notice: notice)
        frame.style = StaticAddress.consoleStyle.path
        frame.scripts = StaticAddress.consoleScripts.map(\.path)
        frame.home = ConsoleAddress.orders
        if let follow { frame.follow = PageFrame.streams(follow, of: visit) }
        frame.menu = menu(waiting)
        return visit.page(template, content, in: frame, status: status)
    }

    private func menu(_ waiting: Int) -> [MenuView] {
        ConsoleSection.allCases.filter { $0.isFor(caller.access) }.map { item in
            MenuView(
                menuLink: item.address,
                menuLabel: visit.texts("menu", of: item.rawValue),
                menuCount: item == .escalations && waiting > 0 ? waiting : nil,
                isCurrent: item == section
            )
        }
    }
}
