//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser
import GridAPI
import GridRuntime
import ServiceLifecycle

/// `gridwork up`: all of a node in one process.
struct Up: GridworkCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run all of a node in one process: mailboxes, relay, clock and HTTP API.",
        discussion: "SIGTERM or SIGINT finishes what is in hand and stops; a second one stops at once."
    )

    @OptionGroup var global: GlobalOptions

    func execute(_ context: Context) async throws {
        let settings = context.settings
        let configuration = NodeConfiguration(
            broker: settings.broker,
            statePath: settings.statePath,
            mailboxes: settings.hosted,
            stopLimit: settings.stopLimit,
            renewsMailboxes: settings.renewsMailboxes,
            fileQuota: settings.fileQuota
        )
        let operations = BrokerOperations(
            broker: settings.broker,
            selection: settings.hosted,
            logger: context.logger
        )
        try await context.withStore { store in
            func server(_ node: Node) -> [any Service] {
                guard let http = settings.http else { return [] }
                return [
                    APIServer(
                        store: store,
                        configuration: http,
                        operations: operations,
                        health: node.health,
                        logger: context.logger
                    )
                ]
            }
            try await Node.run(configuration, store: store, additional: server, logger: context.logger)
        }
    }
}
