//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import Hummingbird

/// A person's items: to do, done, overdue.
struct ItemListPage {
    /// How many items of a post are looked at.
    static let longest = 200

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let tabs: [TabView]
        let items: [Card]
        let emptyText: String
        let moreText: String?
    }

    /// An item in the list; names as in `list.mustache`.
    private struct Card: Sendable {
        let link: String
        let title: String
        let light: LightView?
        let state: String
        let issuer: String?
        let waiting: String?
        let escalated: String?
        let holder: String?
        let commands: [CommandView]
    }

    func response(_ tab: ItemTab, notice: PageFrame.Notice? = nil) async throws -> Response {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let content = try await visit.services.store.read { store -> Content in
            let items = try Items(of: access, at: time.now, in: store)
            let desk = OfferDesk(access: access, now: time.now, store: store)
            let cards = try items.list(tab).map { item in
                let view = AssignmentView(item.assignment, title: item.title, now: time.now)
                let offers =
                    tab == .done
                    ? [] : try desk.offers(on: view.id, as: [view.post], among: [.acknowledge])
                return Card(
                    link: PageAddress.item(view.id),
                    title: item.title ?? texts("untitled", ["order": "\(view.order)"]),
                    light: time.light(of: item.assignment),
                    state: texts("state", of: view.state.rawValue),
                    issuer: view.issuer.map { texts("issuedBy", ["post": texts.post($0, for: access)]) },
                    waiting: view.escalatedTo.flatMap { post in
                        let isAwaited = view.state == .escalated && !access.holds(post)
                        return isAwaited ? texts("waitsFor", ["post": texts.post(post, for: access)]) : nil
                    },
                    escalated: try EscalationText.of(item.assignment, time, in: store),
                    // Whoever holds one post knows which.
                    holder: access.held.count > 1 ? texts.post(view.post, for: access) : nil,
                    commands: offers.map { CommandView($0, revision: view.revision, on: .list, time) }
                )
            }
            return Content(
                heading: texts("tab", of: tab.rawValue),
                tabs: try TabView.all(items, current: tab, access, texts, in: store),
                items: cards,
                emptyText: access.held.isEmpty ? texts("noPost") : texts("empty", of: tab.rawValue),
                moreText: items.hasMore ? texts("listMore", ["count": "\(Self.longest)"]) : nil
            )
        }
        let frame = PageFrame(visit, title: content.heading, here: PageAddress.home, notice: notice)
        return visit.page("list", content, in: frame)
    }
}

/// The items of all posts a person holds.
struct Items {
    /// How many posts are looked at; nobody holds more.
    private static let mostPosts = 50

    private let all: [InboxItem]
    private let now: Instant
    /// Whether some post has more than are looked at.
    let hasMore: Bool

    init(of access: Access, at now: Instant, in store: StoreReader) throws {
        let found = try access.held.prefix(Self.mostPosts).map {
            try store.inbox(of: $0, includeFinal: true, limit: ItemListPage.longest)
        }
        all = found.flatMap(\.self)
        hasMore = found.contains { $0.count == ItemListPage.longest }
        self.now = now
    }

    /// The items of a tab: what is to be done with the most pressing first, what is done with the newest first.
    func list(_ tab: ItemTab) -> [InboxItem] {
        switch tab {
        case .todo: open.sorted { urgency($0) < urgency($1) }
        case .overdue:
            open.filter { $0.assignment.isOverdue(at: now) }.sorted { urgency($0) < urgency($1) }
        case .done:
            all.filter { Self.isDone($0.assignment.state) }.sorted { $0.assignment.updatedAt > $1.assignment.updatedAt }
        }
    }

    private var open: [InboxItem] { all.filter { !Self.isDone($0.assignment.state) } }

    /// What is handed in is done for whoever did it.
    private static func isDone(_ state: AssignmentState) -> Bool { state.isFinal || state == .submitted }

    private func urgency(_ item: InboxItem) -> Int64 {
        (item.assignment.acceptLimit(at: now) ?? item.assignment.dueAt)?.milliseconds ?? .max
    }
}

/// A tab; names as in `tabs.mustache`.
struct TabView: Sendable {
    let tabLink: String
    let tabLabel: String
    let tabCount: Int
    let isCurrent: Bool

    /// The tabs of a person: her items, and what comes from below where she has somebody there.
    ///
    /// - Parameter current: The tab that is shown; nil for what comes from below.
    static func all(
        _ items: Items,
        current: ItemTab?,
        _ access: Access,
        _ texts: Catalogue,
        in store: StoreReader
    ) throws -> [TabView] {
        let tabs = ItemTab.allCases.map { tab in
            TabView(
                tabLink: PageAddress.list(tab),
                tabLabel: texts("tab", of: tab.rawValue),
                tabCount: items.list(tab).count,
                isCurrent: tab == current
            )
        }
        guard BelowPage.isFor(access) else { return tabs }
        let below = TabView(
            tabLink: PageAddress.below,
            tabLabel: texts("tabBelow"),
            tabCount: try BelowPage.waiting(items, access, in: store),
            isCurrent: current == nil
        )
        return tabs + [below]
    }
}
