//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import Hummingbird

/// The work orders that somebody sees: searched, filtered, page by page.
struct OrderListPage {
    static let tableName = "orders"
    /// How many are on a page.
    static let length = 50
    /// How many are in a file: each is counted through.
    private static let longestFile = 2_000

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let action = ConsoleAddress.orders
        let search: String
        let states: [ChoiceView]
        let modules: [ChoiceView]
        let isLate: Bool
        let isFiltered: Bool
        let table: TableView
        let nextLink: String?
        let firstLink: String?
    }

    /// What a list asks for, as its address has it. What it does not know it leaves out.
    struct Choice: Sendable {
        var text = ""
        var state: AssignmentState?
        var module: AffairsModule?
        var isLate = false
        var after: OrderFilter.Place?

        init(_ visit: PageVisit) {
            text = String((visit.query("q") ?? "").prefix(OrderFilter.longestText))
            state = visit.query("state").flatMap { AssignmentState(rawValue: $0) }
            module = visit.query("module").flatMap { AffairsModule(rawValue: $0) }
            isLate = visit.query("late") == "1"
            after = visit.query("after").flatMap { OrderFilter.Place(text: $0) }
        }

        var isFiltered: Bool { !text.isEmpty || state != nil || module != nil || isLate }

        func filter(_ access: Access) -> OrderFilter {
            OrderFilter(after: after, state: state, module: module, text: text, isLate: isLate, posts: access.posts)
        }

        /// The address of the list.
        func address(after place: OrderFilter.Place?) -> String {
            let parts = [
                text.isEmpty ? nil : "q=\(SignInReturn.escaped(text))", state.map { "state=\($0.rawValue)" },
                module.map { "module=\($0.rawValue)" }, isLate ? "late=1" : nil, place.map { "after=\($0.text)" },
            ]
            .compactMap(\.self)
            return ConsoleAddress.orders + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
        }
    }

    func response(notice: PageFrame.Notice? = nil) async throws -> Response {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let choice = Choice(visit)
        let page = ConsolePage(visit: visit, caller: caller, section: .orders, notice: notice)
        return try await page.response("orders", title: { _ in texts("menu", of: ConsoleSection.orders.rawValue) }) {
            store -> Content in
            // One more than is shown tells whether there is a next page.
            let found = try store.orders(limit: Self.length + 1, choice.filter(access), now: time.now)
            let shown = Array(found.prefix(Self.length))
            let last = found.count > shown.count ? shown.last?.order : nil
            return Content(
                search: choice.text,
                states: ChoiceView.all(AssignmentState.self, chosen: choice.state) { texts("state", of: $0) },
                modules: ChoiceView.all(AffairsModule.self, chosen: choice.module) { texts("module", of: $0) },
                isLate: choice.isLate,
                isFiltered: choice.isFiltered,
                table: TableView(Self.table(shown, access, time), time, on: visit),
                nextLink: last.map { choice.address(after: .init(issuedAt: $0.issuedAt, id: $0.id)) },
                firstLink: choice.after == nil ? nil : choice.address(after: nil)
            )
        }
    }

    /// All orders that the address asks for, as many as a file has.
    func file(in store: StoreReader) throws -> DataTable {
        let filter = Choice(visit).filter(caller.access)
        let found = try store.orders(limit: Self.longestFile, filter, now: visit.time.now)
        return Self.table(found, caller.access, visit.time)
    }

    /// The orders as a table.
    static func table(_ orders: [OrderSummary], _ access: Access, _ time: OfficeTime) -> DataTable {
        let texts = time.texts
        return DataTable(
            name: tableName,
            caption: texts("tableOrders"),
            columns: [
                .init(title: texts("columnOrder")), .init(title: texts("columnTitle")),
                .init(title: texts("columnLight")), .init(title: texts("columnState")),
                .init(title: texts("columnDone"), isFigure: true), .init(title: texts("columnTotal"), isFigure: true),
                .init(title: texts("columnOverdue"), isFigure: true), .init(title: texts("columnModule")),
                .init(title: texts("columnIssuer")), .init(title: texts("columnIssuedAt")),
                .init(title: texts("columnDueAt")),
            ],
            rows: orders.map { summary in
                let (order, counts) = (summary.order, summary.counts)
                let light = Self.light(summary, at: time.now)
                let address = ConsoleAddress.order(order.id)
                return [
                    .text("\(order.id)", link: address), .text(order.title, link: address),
                    .text(light == .none ? "" : texts("light", of: light.rawValue), kind: "lamp-\(light.rawValue)"),
                    .text(summary.state.map { texts("state", of: $0.rawValue) } ?? ""),
                    .number(counts.states.completed), .number(counts.total),
                    .number(counts.overdue, kind: counts.overdue > 0 ? "late" : nil),
                    .text(texts("module", of: order.module.rawValue)),
                    .text(access.organization.unit(of: order.issuedBy)?.name ?? "\(order.issuedBy)"),
                    .time(order.issuedAt), .time(order.dueAt),
                ]
            }
        )
    }

    /// The light of an order: red as soon as one of its assignments is late.
    private static func light(_ summary: OrderSummary, at now: Instant) -> AssignmentView.Light {
        let isLate = summary.counts.overdue > 0
        guard isLate || summary.state.map({ !$0.isFinal }) ?? (summary.counts.states.working > 0) else { return .none }
        return .init(issuedAt: summary.order.issuedAt, dueAt: summary.order.dueAt, isLate: isLate, at: now)
    }
}

/// A choice of a form; names as in the templates.
struct ChoiceView: Sendable {
    let value: String
    let label: String
    let isChosen: Bool

    /// All values of an enumeration, the first no choice.
    static func all<Value: RawRepresentable<String> & CaseIterable>(
        _ type: Value.Type,
        chosen: Value?,
        _ label: (String) -> String
    ) -> [ChoiceView] {
        Value.allCases.map {
            ChoiceView(value: $0.rawValue, label: label($0.rawValue), isChosen: $0.rawValue == chosen?.rawValue)
        }
    }
}
