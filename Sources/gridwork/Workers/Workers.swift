//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridModel
import GridRuntime
import GridTerminal

/// `gridwork workers`: who serves which mailboxes, and how they keep up.
struct Workers: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show who serves which mailboxes: workers, rate, backlog, age of the oldest, share of the time busy.",
        discussion: """
            Rates are those of the last five seconds. The oldest is that of the messages which processes hold. Mailboxes of \
            which there is nothing to tell are left out unless they are asked for.
            """
    )

    @OptionGroup var global: GlobalOptions
    @OptionGroup var scope: ScopeOptions

    func validate() throws {
        if !scope.isEmpty { _ = try scope.scope() }
    }

    func execute(_ context: Context) async throws {
        let overview = try await context.withStore { store in
            let meant = MailboxScope(area: scope.area, role: scope.role)
            let mailboxes = try await scope.mailboxes(in: meant, of: store, context)
            let desk = WorkerDesk(store: store, logger: context.logger)
            var overview = try await desk.overview(of: mailboxes, broker: context.settings.broker)
            if scope.isEmpty { overview.mailboxes.removeAll { !$0.isNotable } }
            return overview
        }
        try context.output.result(overview) { overview in
            Self.processes(overview) + [""] + Self.mailboxes(overview)
                + (overview.brokerProblem.map { ["", "The broker could not be asked: \($0)"] } ?? [])
        }
    }

    private static func processes(_ overview: WorkerOverview) -> [String] {
        guard !overview.processes.isEmpty else { return ["No process serves mailboxes."] }
        var table = Table(["PROCESS", "AS", "STATE", "SINCE", "MAILBOXES", "HOLDS", "PER MINUTE", "BUSY"])
        for process in overview.processes {
            table.add([
                process.name, process.duties, process.state.rawValue, process.startedAt.local,
                "\(process.serving)", "\(process.held)", rate(process.perMinute), share(process.busy),
            ])
        }
        return table.lines
    }

    private static func mailboxes(_ overview: WorkerOverview) -> [String] {
        guard !overview.mailboxes.isEmpty else { return ["No mailbox has anything to tell; --all shows them all."] }
        var heading = [
            "MAILBOX", "WORKERS", "PREFETCH", "CONSUMERS", "BACKLOG", "HELD", "OLDEST", "PER MINUTE", "BUSY",
        ]
        let hasPolicies = overview.mailboxes.contains { $0.policy != nil }
        if hasPolicies { heading.append("WHY") }
        var table = Table(heading)
        for line in overview.mailboxes {
            let workers = line.workers.map(String.init) ?? "1 each"
            var row: [String] = [
                line.mailbox,
                line.pausedAt.map { "paused " + $0.local } ?? workers,
                line.prefetch.map(String.init) ?? "",
                line.consumers.map(String.init) ?? "?",
                line.backlog.map(String.init) ?? "?",
                "\(line.held)",
                line.oldestSeconds.map { "\($0) s" } ?? "",
                rate(line.perMinute),
                share(line.busy),
            ]
            if hasPolicies { row.append(why(line)) }
            table.add(row)
        }
        return table.lines
    }

    /// What the policy is, and what made it decide last.
    private static func why(_ line: WorkerOverview.MailboxLine) -> String {
        guard let policy = line.policy else { return "" }
        guard let why = line.why else { return policy.words + "; no node has followed it yet" }
        return policy.words + "; since \(line.decidedAt.local): " + why
    }

    private static func rate(_ value: Double) -> String { "\(Int(value.rounded()))" }

    private static func share(_ value: Double) -> String { "\(Int((value * 100).rounded())) %" }
}
