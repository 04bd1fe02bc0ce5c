//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridStore

/// `gridwork history`.
struct History: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show everything that ever happened to an order or an assignment, and below it."
    )

    /// How many lines are read at a time.
    private static let pageSize = 1_000

    @OptionGroup var global: GlobalOptions

    @Argument(help: "A case number or an assignment's identifier.")
    var id: AssignmentID

    private struct Row: Encodable {
        let number: Int64
        let at: Instant
        let assignment: AssignmentID
        let event: HistoryEntry.Event
        let actor: PostAddress?
        let leg: AssignmentID?
        let note: String?
        let cause: String
        let person: String?
        let standIn: Bool?
    }

    func execute(_ context: Context) async throws {
        let id = id
        let lines = try await context.withStore { store in
            var lines: [HistoryLine] = []
            while true {
                let after = lines.last?.n ?? 0
                let page = try await store.read { try $0.history(under: id, limit: Self.pageSize, after: after) }
                lines += page
                if page.count < Self.pageSize { return lines }
            }
        }
        guard !lines.isEmpty else { throw CommandFailure.notFound("nothing is known of \(id) in this state file") }
        let rows = lines.map { line in
            Row(
                number: line.n,
                at: line.at,
                assignment: line.assignment,
                event: line.event,
                actor: line.actor,
                leg: line.leg,
                note: line.note,
                cause: line.cause.text,
                person: line.person,
                standIn: line.person.map { _ in line.isStandIn }
            )
        }
        try context.output.result(rows) { rows in
            rows.map { row in
                var text = "\(row.at.local)  \(row.assignment)  \(row.event.rawValue)"
                if let leg = row.leg { text += " \(leg)" }
                text += "  by \(row.actor?.description ?? "the system")"
                if let person = row.person { text += " (\(person)\(row.standIn == true ? ", standing in" : ""))" }
                if let note = row.note { text += "  「\(note)」" }
                return text
            }
        }
    }
}
