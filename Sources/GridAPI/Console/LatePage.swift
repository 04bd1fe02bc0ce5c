//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridStore
import Hummingbird

/// What is late, or not acknowledged yet, in all orders: whom to call first.
struct LatePage {
    static let tableName = "late"
    /// How many are named on the page.
    private static let longest = 200

    let visit: PageVisit
    let caller: Caller

    private struct Content: Sendable {
        let heading: String
        let spans: [Span]
        let table: TableView
    }

    /// What can be listed; names as in `late.mustache`.
    private struct Span: Sendable {
        let spanLink: String
        let spanText: String
        let isCurrent: Bool
    }

    private var kind: PressingKind { visit.query("kind").flatMap { PressingKind(rawValue: $0) } ?? .late }

    func response() async throws -> Response {
        let (texts, visit, kind) = (visit.texts, visit, kind)
        let page = ConsolePage(visit: visit, caller: caller, section: .late)
        return try await page.response("late", title: \.heading) { store -> Content in
            Content(
                heading: texts("menu", of: ConsoleSection.late.rawValue),
                spans: PressingKind.allCases.map { other in
                    Span(
                        spanLink: "\(ConsoleAddress.late)?kind=\(other.rawValue)",
                        spanText: texts("pressing", of: other.rawValue),
                        isCurrent: other == kind
                    )
                },
                table: TableView(try table(isFile: false, in: store), visit.time, on: visit)
            )
        }
    }

    /// What presses, the longest overdue first.
    ///
    /// - Parameter isFile: Whether it is for a file, which has as many as fit one.
    func table(isFile: Bool = true, in store: StoreReader) throws -> DataTable {
        let (texts, time, access) = (visit.texts, visit.time, caller.access)
        let limit = isFile ? Export.longest : Self.longest
        let found = try store.pressing(kind, of: access.posts, limit: limit, now: time.now)
        return DataTable(
            name: Self.tableName,
            caption: texts("pressing", of: kind.rawValue),
            columns: [.init(title: texts("columnOrder")), .init(title: texts("columnTitle"))]
                + texts.postColumns(isFile: isFile) + [
                    .init(title: texts("columnState")), .init(title: texts("columnLight")),
                    .init(title: texts("factAcceptBy")), .init(title: texts("columnDueAt")),
                    .init(title: texts("columnIssuedAt")),
                ],
            rows: found.items.map { item in
                let assignment = item.assignment
                let link = PageAddress.item(assignment.id, from: ConsoleAddress.late)
                let light = AssignmentView.light(of: assignment, at: time.now)
                let order = assignment.id.order
                return [
                    .text("\(order)", link: ConsoleAddress.order(order)),
                    .text(item.title ?? texts("untitled", ["order": "\(order)"])),
                ] + texts.postCells(assignment.post, for: access, isFile: isFile, link: link) + [
                    .text(texts("state", of: assignment.state.rawValue)),
                    .text(light == .none ? "" : texts("light", of: light.rawValue), kind: "lamp-\(light.rawValue)"),
                    .time(assignment.acceptedAt == nil ? assignment.acceptBy : nil), .time(assignment.dueAt),
                    .time(assignment.issuedAt),
                ]
            },
            more: found.total - found.items.count
        )
    }
}
