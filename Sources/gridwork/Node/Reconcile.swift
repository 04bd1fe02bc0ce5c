//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridRuntime
import GridStore
import GridTerminal

/// `gridwork reconcile`: compares the pages of the state file and sends again what was lost.
struct Reconcile: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare the pages of the state file and send again what was lost on the way.",
        discussion: """
            For when a queue was purged, a broker was lost, or a backup was restored. What was not lost after all is \
            absorbed. A running node does this by itself when it finds a queue gone, and every five minutes for what has \
            rested. Works while no node runs, too: what is found waits in the outbox.
            """
    )

    @OptionGroup var global: GlobalOptions

    @Flag(help: "Say what would be sent, and send nothing.")
    var dryRun = false

    private struct View: Encodable {
        let dryRun: Bool
        let total: Int
        let mails: [String: Int]
        let undeliverable: Int
        let outboxBefore: Int
    }

    func execute(_ context: Context) async throws {
        let view = try await context.withStore { store in
            let reconciler = Reconciler(
                store: store,
                selection: context.settings.hosted,
                logger: context.logger
            )
            let outbox = try await store.read { try $0.outboxStatus().count }
            let scope = reconciler.everything
            let report = try await dryRun ? reconciler.preview(scope) : reconciler.run(scope)
            return View(
                dryRun: dryRun,
                total: report.total,
                mails: report.mails,
                undeliverable: report.undeliverable,
                outboxBefore: outbox
            )
        }
        try context.output.result(view) { view in
            var lines: [String] = []
            if view.total == 0 {
                lines.append("The pages agree; nothing is missing.")
            } else {
                var table = Table([view.dryRun ? "WOULD SEND" : "SENT AGAIN", ""])
                for (kind, count) in view.mails.sorted(by: { $0.key < $1.key }) { table.add([kind, "\(count)"]) }
                lines += table.lines
            }
            if view.outboxBefore > 0 {
                lines.append("\(view.outboxBefore) messages were waiting in the outbox already; some may be the same.")
            }
            if view.undeliverable > 0 {
                lines.append("\(view.undeliverable) more are for posts that the organization does not have.")
            }
            return lines
        }
    }
}
