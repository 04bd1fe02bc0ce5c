//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import HTTPTypes
import Hummingbird

/// The escalations that wait for somebody's answer, and those that were settled last.
struct EscalationPage {
    static let tableName = "escalations"
    /// How many that wait, and how many that are settled, are shown.
    static let longest = 200
    private static let longestPast = 50

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let rows: [Row]
        let isEmpty: Bool
        let past: TableView
        let hasExports: Bool
        /// The files with all of them.
        let exports: [Export.Link]
    }

    private struct Row: Sendable {
        let rowID: String
        let rowTitle: String
        let rowLink: String?
        let rowHolder: String
        let rowReason: String
        let rowFacts: String
        let rowAnswers: [CommandView]
    }

    func response(
        status: HTTPResponse.Status = .ok,
        notice: PageFrame.Notice? = nil,
        given: (AssignmentID, GivenForm)? = nil
    ) async throws -> Response {
        let (texts, time, visit) = (visit.texts, visit.time, visit)
        let page = ConsolePage(
            visit: visit,
            caller: caller,
            section: .escalations,
            notice: notice,
            status: status,
            here: ConsoleAddress.escalations
        )
        return try await page.response("escalations", title: \.heading) { store -> Content in
            let all = try Self.escalations(caller.access, in: store)
            let desk = OfferDesk(access: caller.access, now: time.now, store: store)
            let open = all.filter { $0.state == .open }.prefix(Self.longest)
            let past = all.filter { $0.state != .open }.prefix(Self.longestPast)
            return Content(
                heading: texts("menu", of: ConsoleSection.escalations.rawValue),
                rows: try open.map { try row($0, desk, given) },
                isEmpty: open.isEmpty,
                past: TableView(table(Array(past), caption: texts("tableEscalations"), isFile: false), time),
                hasExports: !all.isEmpty,
                exports: Export.links(table([]), on: visit)
            )
        }
    }

    /// Somebody's escalations: those that wait, the oldest first, then those that are settled, the newest first.
    static func escalations(_ access: Access, in store: StoreReader) throws -> [Escalation] {
        let open = try access.held.flatMap { try store.escalations(of: $0, openOnly: true, limit: longest) }
        let all = try access.held.flatMap { try store.escalations(of: $0, openOnly: false, limit: longest) }
        return open.sorted { $0.openedAt < $1.openedAt }
            + all.filter { $0.state != .open }.sorted { $0.openedAt > $1.openedAt }
    }

    /// How many wait for somebody's answer.
    static func waiting(_ access: Access, in store: StoreReader) throws -> Int {
        try access.held.reduce(0) { try $0 + store.escalations(of: $1, openOnly: true, limit: longest).count }
    }

    private func row(
        _ escalation: Escalation,
        _ desk: OfferDesk,
        _ given: (AssignmentID, GivenForm)?
    ) throws -> Row {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let id = escalation.assignment
        let known = try desk.store.assignment(id).flatMap { access.sees($0) ? $0 : nil }
        let facts = [
            texts("escalatedSince", ["time": time.text(escalation.openedAt)]),
            escalation.dueAt.map { texts("escalatedDue", ["time": time.text($0)]) },
            escalation.rung > 1 ? texts("escalatedRung", ["count": "\(escalation.rung)"]) : nil,
        ]
        let answers = try desk.offers(on: id, as: [escalation.superior], among: [.answer]).map { offer in
            var form = CommandView(
                offer,
                revision: known?.revision,
                on: .list,
                time,
                given: given.flatMap { $0.0 == id ? $0.1 : nil }
            )
            form.action = ConsoleAddress.answer(id)
            return form
        }
        return Row(
            rowID: "e-\(id)-\(escalation.superior)",
            rowTitle: escalation.title,
            rowLink: known.map { PageAddress.item($0.id, from: ConsoleAddress.escalations) },
            rowHolder: texts.post(escalation.holder, for: access),
            rowReason: visit.time.note(escalation.reason),
            rowFacts: facts.compactMap(\.self).joined(separator: " · "),
            rowAnswers: answers
        )
    }

    /// Escalations as a table.
    ///
    /// - Parameter caption: What it is about where these are not all of them.
    func table(_ escalations: [Escalation], caption: String? = nil, isFile: Bool = true) -> DataTable {
        let (texts, access) = (visit.texts, caller.access)
        return DataTable(
            name: Self.tableName,
            caption: caption ?? texts("menu", of: ConsoleSection.escalations.rawValue),
            columns: [.init(title: texts("columnTitle"))] + texts.postColumns(isFile: isFile) + [
                .init(title: texts("columnReason")), .init(title: texts("columnOpenedAt")),
                .init(title: texts("columnState")), .init(title: texts("columnSettledAt")),
            ],
            rows: escalations.map { escalation in
                [.text(escalation.title)] + texts.postCells(escalation.holder, for: access, isFile: isFile) + [
                    .text(visit.time.note(escalation.reason)),
                    .time(escalation.openedAt), .text(texts("escalation", of: escalation.state.rawValue)),
                    .time(escalation.settledAt),
                ]
            }
        )
    }
}
