//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// An order: what it says, how far it has come, who holds it up, and its tree.
struct OrderPage {
    private static let holdUpsName = "holding-up"
    private static let assignmentsName = "assignments"
    /// How many of the posts that hold an order up are named on its page.
    private static let longestHoldUps = 20
    /// How many slips a page leads to; who holds more posts takes them from the others' pages.
    private static let mostSlips = 20

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let back = ConsoleAddress.orders
        let heading: String
        let orderText: String
        let state: String?
        let stateKind: String?
        let lamp: LightView?
        let facts: [FactView]
        let counts: [CountView]
        let holdUps: TableView
        let slips: [SlipView]
        let urges: [RootCommand]
        let recalls: [RootCommand]
        /// The files of the tree.
        let exports: [Export.Link]
        let tree: [NodeView]
        let isTreeEmpty: Bool
        let wholeLink: String?
    }

    /// Something to know of an order.
    struct FactView: Sendable {
        /// The name of its text.
        let key: String
        let factName: String
        let factValue: String
    }

    private struct CountView: Sendable {
        let countName: String
        let count: Int
        let countKind: String
    }

    /// A slip to print: of what she issued, or holds.
    private struct SlipView: Sendable {
        let slipLink: String
        let slipName: String
    }

    /// The form of a command about the whole order.
    private struct RootCommand: Sendable {
        let action: String
        let key = UUID().uuidString.lowercased()
        let actor: String
        let revision: Int?
        let isNoteRequired: Bool
    }

    func response(_ id: OrderID, status: HTTPResponse.Status = .ok, notice: PageFrame.Notice? = nil) async throws
        -> Response
    {
        let page = ConsolePage(
            visit: visit,
            caller: caller,
            section: .orders,
            notice: notice,
            status: status,
            here: ConsoleAddress.order(id),
            follow: ["/v1/orders/\(id)/events"]
        )
        let branch = visit.query("in").flatMap { AssignmentID($0) }
        return try await page.response("order", title: \.heading) { try look(at: id, branch, in: $0) }
    }

    private func look(at id: OrderID, _ branch: AssignmentID?, in store: StoreReader) throws -> Content {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let order = try access.order(id, in: store)
        let root = AssignmentID(rootOf: id)
        let top = branch.flatMap { $0.order == id ? $0 : nil } ?? root
        let own = try store.assignment(root).flatMap { access.sees($0) ? $0 : nil }
        let seen = try store.assignments(under: top).filter(access.sees)
        if top != root, seen.isEmpty { throw Problem.notFound("there is no such branch among those of your posts") }
        let tree = OrderTree(seen, root: root, in: access.organization, at: time.now)
        return Content(
            heading: order.title,
            orderText: order.body,
            state: own.map { texts("state", of: $0.state.rawValue) },
            stateKind: own?.state.rawValue,
            lamp: own.flatMap(time.light),
            facts: Self.facts(order, in: access.organization, time),
            counts: counts(try store.counts(under: root, heldBy: access.posts, now: time.now)),
            holdUps: TableView(try holdUps(root, isFile: false, in: store), time, on: visit),
            slips: slips(root, seen),
            urges: try own.map { try commands(.urge, on: $0, in: store) } ?? urges(id, seen),
            recalls: try own.map { try commands(.recall, on: $0, in: store) } ?? [],
            exports: Export.links(Self.table([], access, time), on: visit),
            tree: NodeView.all(tree, access, time),
            isTreeEmpty: tree.top.isEmpty,
            wholeLink: top == root ? nil : ConsoleAddress.order(id)
        )
    }

    /// What there is to know of an order beside its text.
    static func facts(_ order: WorkOrder, in organization: Organization, _ time: OfficeTime) -> [FactView] {
        let texts = time.texts
        let areas = order.scope.map { organization.unit($0)?.name ?? "\($0)" }
        let named = areas.prefix(10).joined(separator: texts("listSeparator"))
        let last = organization.levels.first { $0.role == order.cascade.to && $0.receivesWork }
        let values: [(String, String?)] = [
            ("factOrder", "\(order.id)"),
            ("factModule", texts("module", of: order.module.rawValue)),
            ("factPriority", texts("priority", of: order.priority.rawValue)),
            ("factIssuer", texts.post(order.issuedBy, in: organization)),
            ("factArea", areas.count > 10 ? texts("andMore", ["names": named, "count": "\(areas.count)"]) : named),
            ("factTo", last?.roleTitle ?? order.cascade.to),
            ("factIssuedAt", time.text(order.issuedAt)),
            ("factAcceptBy", order.acceptBy.map(time.text)),
            ("factDueAt", order.dueAt.map(time.text)),
        ]
        return values.compactMap { name, value in
            value.map { FactView(key: name, factName: texts(name), factValue: $0) }
        }
    }

    private func counts(_ counts: OrderCounts) -> [CountView] {
        let texts = visit.texts
        let states = AssignmentState.allCases.filter { counts.states[$0] > 0 }.map {
            CountView(countName: texts("state", of: $0.rawValue), count: counts.states[$0], countKind: $0.rawValue)
        }
        return [CountView(countName: texts("columnTotal"), count: counts.total, countKind: "total")] + states
            + [
                CountView(
                    countName: texts("columnOverdue"),
                    count: counts.overdue,
                    countKind: counts.overdue > 0 ? "late" : "none"
                )
            ]
    }

    /// The posts that the order waits for, with the work of theirs that has waited longest.
    ///
    /// - Parameter isFile: Whether it is for a file, which has all of them.
    private func holdUps(_ root: AssignmentID, isFile: Bool, in store: StoreReader) throws -> DataTable {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let all = try store.holdingUp(under: root, limit: Export.longest).filter { access.sees($0.post) }
        let loads = all.prefix(isFile ? Export.longest : Self.longestHoldUps)
        return DataTable(
            name: Self.holdUpsName,
            caption: texts("tableHoldingUp"),
            columns: texts.postColumns(isFile: isFile) + [
                .init(title: texts("columnWaiting"), isFigure: true), .init(title: texts("columnSince")),
            ],
            rows: try loads.map { load in
                let isLinked = try !isFile && store.assignment(load.oldest).map(access.sees) ?? false
                let order = ConsoleAddress.order(load.oldest.order)
                let link = isLinked ? PageAddress.item(load.oldest, from: order) : nil
                return texts.postCells(load.post, for: access, isFile: isFile, link: link) + [
                    .number(load.count), .text(time.span(time.now.milliseconds - load.since.milliseconds)),
                ]
            },
            more: all.count - loads.count
        )
    }

    /// A table of the page as a file has it; nil where there is none with the name.
    func file(of id: OrderID, named name: String, in store: StoreReader) throws -> DataTable? {
        let access = caller.access
        _ = try access.order(id, in: store)
        let root = AssignmentID(rootOf: id)
        switch name {
        case Self.holdUpsName: return try holdUps(root, isFile: true, in: store)
        case Self.assignmentsName:
            let top = visit.query("in").flatMap { AssignmentID($0) }.flatMap { $0.order == id ? $0 : nil } ?? root
            let seen = try store.assignments(under: top).filter(access.sees)
            return Self.table(Array(seen.prefix(Export.longest)), access, visit.time)
        default: return nil
        }
    }

    /// Assignments as a table.
    private static func table(_ assignments: [Assignment], _ access: Access, _ time: OfficeTime) -> DataTable {
        let (texts, organization) = (time.texts, access.organization)
        return DataTable(
            name: assignmentsName,
            caption: texts("orderTree"),
            columns: [
                .init(title: texts("columnOrder")), .init(title: texts("columnRole")),
                .init(title: texts("columnWithin")), .init(title: texts("columnUnit")),
                .init(title: texts("columnHolder")),
                .init(title: texts("columnState")), .init(title: texts("columnLight")),
                .init(title: texts("columnDueAt")), .init(title: texts("columnIssuedAt")),
                .init(title: texts("columnAcceptedAt")), .init(title: texts("columnCompletedAt")),
            ],
            rows: assignments.map { assignment in
                let view = AssignmentView(assignment, title: nil, now: time.now)
                let unit = organization.unit(of: view.post)
                let light = view.light == .none ? "" : texts("light", of: view.light.rawValue)
                return [
                    .text("\(view.id)"), .text(organization.level(of: view.post)?.roleTitle ?? view.post.role),
                    .text(texts.within(view.post, for: access)), .text(unit?.name ?? "\(view.post.code)"),
                    .text(unit?.holder ?? ""),
                    .text(texts("state", of: view.state.rawValue)), .text(light), .time(view.dueAt),
                    .time(view.issuedAt), .time(view.acceptedAt), .time(view.completedAt),
                ]
            }
        )
    }

    private func slips(_ root: AssignmentID, _ assignments: [Assignment]) -> [SlipView] {
        let (texts, access) = (visit.texts, caller.access)
        let held = assignments.filter { access.holds($0.post) && !$0.isTombstone }
        return held.prefix(Self.mostSlips).flatMap { assignment in
            let own = SlipView(
                slipLink: ConsoleAddress.slip(assignment.id),
                slipName: texts("slipPrint", ["post": texts.post(assignment.post, for: access)])
            )
            return [own, slips(below: assignment.id, assignments)].compactMap(\.self)
            // An office that only supervises has an order's cells, and no assignment of its own.
        } + [held.isEmpty ? slips(below: root, assignments) : nil].compactMap(\.self)
    }

    /// Those of all that was issued from an assignment; nil where that is one at most, which the tree leads to.
    private func slips(below id: AssignmentID, _ assignments: [Assignment]) -> SlipView? {
        let below = SlipPage.slips(below: id, assignments)
        guard below.count > 1, let post = below.first?.post else { return nil }
        let role = caller.access.organization.level(of: post)?.roleTitle ?? post.role
        let name = visit.texts("slipPrintAll", ["role": role])
        return SlipView(slipLink: ConsoleAddress.slips(below: id), slipName: name)
    }

    /// Urging what her offices supervise of an order that others issued.
    private func urges(_ id: OrderID, _ assignments: [Assignment]) -> [RootCommand] {
        caller.access.held.filter { !Supervised(by: $0, in: assignments, caller.access).open.isEmpty }.map {
            RootCommand(
                action: ConsoleAddress.command(.urge, on: id),
                actor: "\($0)",
                revision: nil,
                isNoteRequired: false
            )
        }
    }

    private func commands(_ verb: CommandVerb, on root: Assignment, in store: StoreReader) throws -> [RootCommand] {
        try OfferDesk(access: caller.access, now: visit.time.now, store: store)
            .offers(on: root.id, as: caller.access.held.filter { $0 == root.post }, among: [verb])
            .map {
                RootCommand(
                    action: ConsoleAddress.command(verb, on: root.id.order),
                    actor: "\($0.actor)",
                    revision: root.revision,
                    isNoteRequired: $0.needsNote
                )
            }
    }
}
