//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// What is around every page's content; names as in `layout.mustache`.
struct PageFrame: Sendable {
    /// Something to tell above the content.
    struct Notice: Sendable {
        let noticeKind: String
        let noticeText: String

        /// What was asked for was done.
        static func good(_ text: String) -> Notice { Notice(noticeKind: "good", noticeText: text) }

        /// It was not.
        static func bad(_ text: String) -> Notice { Notice(noticeKind: "bad", noticeText: text) }
    }

    /// How many streams of events a page opens at most: browsers open six connections to one server in all.
    private static let mostStreams = 3

    let tag: String
    let otherTag: String
    let title: String
    let icon = StaticAddress.icon.path
    var style = StaticAddress.style.path
    var scripts = StaticAddress.scripts.map(\.path)
    var home = PageAddress.home
    let signIn = PageAddress.signIn
    let signOut = PageAddress.signOut
    let languageLink: String
    /// Her name; nil where nobody is signed in.
    let person: String?
    /// Whose drafts a browser keeps.
    let owner: String
    let csrf: String
    /// The streams of events that tell when the page has changed, separated by spaces.
    var follow: String
    /// The kinds of these events.
    let events: String
    let notice: Notice?
    /// The console, for who gives work to others; nil for everybody else.
    let console: String?
    /// The pages of the console; none elsewhere.
    var menu: [MenuView] = []

    /// - Parameter here: The page's own address where the request's is another one.
    init(_ visit: PageVisit, title: String, here: String = "", notice: Notice? = nil) {
        let language = visit.language
        tag = language.tag
        otherTag = language.other.tag
        self.title = title
        // What was sent in a form has no address to go back to: there it is the page alone.
        let query = visit.request.method == .post ? [] : LanguageChoice.restOfQuery(of: visit.request)
        let choice = "\(LanguageChoice.parameter)=\(language.other.rawValue)"
        languageLink = "\(here)?" + (query + [choice]).joined(separator: "&")
        let access = visit.caller?.access
        person = access.map { $0.person.calledName(in: $0.organization) }
        owner = access.map { "\($0.person.n)" } ?? ""
        csrf = visit.caller?.csrfToken ?? ""
        let posts = (access?.held ?? []).prefix(Self.mostStreams)
        follow = Self.streams(posts.map { "/v1/posts/\($0)/events" }, of: visit)
        events = HistoryEntry.Event.allCases.map(\.rawValue).joined(separator: " ")
        self.notice = notice
        console = access.map { !IssuePage.issuers($0).isEmpty } ?? false ? ConsoleAddress.orders : nil
    }

    /// The addresses of streams, which begin with what happened while the page was written.
    static func streams(_ addresses: [String], of visit: PageVisit) -> String {
        addresses.map { "\($0)?\(EventStream.after)=\(visit.newestLine)" }.joined(separator: " ")
    }
}
