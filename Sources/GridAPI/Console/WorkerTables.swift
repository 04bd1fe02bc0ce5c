//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridPages
import GridRuntime

/// Who serves the mailboxes, and how they keep up, as tables.
struct WorkerTables: Sendable {
    static let processesName = "processes"
    static let mailboxesName = "mailboxes"

    let time: OfficeTime

    private var texts: Catalogue { time.texts }

    /// The processes, those that began first coming first.
    func processes(_ overview: WorkerOverview) -> DataTable {
        DataTable(
            name: Self.processesName,
            caption: texts("tableProcesses"),
            columns: [
                .init(title: texts("columnProcess")), .init(title: texts("columnState")),
                .init(title: texts("columnSeenAt")), .init(title: texts("columnServing"), isFigure: true),
                .init(title: texts("columnHeld"), isFigure: true),
                .init(title: texts("columnPerMinute"), isFigure: true),
                .init(title: texts("columnBusy"), isFigure: true),
            ],
            rows: overview.processes.map { process in
                let isLate = [.silent, .waiting].contains(process.state) || !process.follows
                return [
                    .text(process.name),
                    .text(texts("process", of: process.state.rawValue), kind: isLate ? "late" : nil),
                    .time(process.seenAt), .number(process.serving), .number(process.held),
                    Self.rate(process.perMinute), Self.share(process.busy),
                ]
            }
        )
    }

    /// The mailboxes, what is wrong first, then by how much waits.
    func mailboxes(_ overview: WorkerOverview) -> DataTable {
        let sorted = overview.mailboxes.sorted {
            (-Self.trouble($0, overview), $0.mailbox) < (-Self.trouble($1, overview), $1.mailbox)
        }
        return DataTable(
            name: Self.mailboxesName,
            caption: texts("tableMailboxes"),
            columns: [
                .init(title: texts("columnMailbox")), .init(title: texts("columnWorkers")),
                .init(title: texts("columnMessages"), isFigure: true),
                .init(title: texts("columnHeld"), isFigure: true),
                .init(title: texts("columnOldest"), isFigure: true),
                .init(title: texts("columnPerMinute"), isFigure: true),
                .init(title: texts("columnConsumers"), isFigure: true),
            ],
            rows: sorted.map { row($0, overview) }
        )
    }

    private func row(_ line: WorkerOverview.MailboxLine, _ overview: WorkerOverview) -> [DataTable.Cell] {
        let isMissing = Self.isMissing(line, overview)
        let desired: DataTable.Cell =
            if isMissing {
                .text(texts("mailboxMissing"), kind: "late")
            } else if line.pausedAt != nil {
                .text(texts("mailboxPaused"))
            } else {
                .text(line.workers.map { "\($0)" } ?? texts("workersEach"))
            }
        let isUnserved = line.consumers == 0 && line.pausedAt == nil
        return [
            .text(line.mailbox), desired, Self.number(line.backlog), .number(line.held),
            Self.number(line.oldestSeconds), Self.rate(line.perMinute),
            Self.number(line.consumers, kind: isUnserved ? "late" : nil),
        ]
    }

    /// Whether the broker was asked and knows no such queue.
    private static func isMissing(_ line: WorkerOverview.MailboxLine, _ overview: WorkerOverview) -> Bool {
        overview.brokerProblem == nil && line.consumers == nil
    }

    private static func trouble(_ line: WorkerOverview.MailboxLine, _ overview: WorkerOverview) -> Int {
        if isMissing(line, overview) { return .max }
        return line.consumers == 0 && line.pausedAt == nil ? .max - 1 : line.backlog ?? 0
    }

    private static func number(_ number: Int?, kind: String? = nil) -> DataTable.Cell {
        number.map { .number($0, kind: kind) } ?? .init(value: .empty)
    }

    /// A rate as a whole number, which a process told: it is not believed to be one.
    private static func rate(_ value: Double) -> DataTable.Cell {
        .init(value: Int(exactly: value.rounded()).map { .number($0) } ?? .empty)
    }

    private static func share(_ value: Double) -> DataTable.Cell { .init(value: .share(min(1, max(0, value)))) }
}
