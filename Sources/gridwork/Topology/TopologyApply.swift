//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import ArgumentParser
import GridRuntime

/// `gridwork topology apply`: declares everything; `gridwork up` does the same when it starts.
struct TopologyApply: GridworkCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Declare the exchanges, queues and bindings of the organization."
    )

    @OptionGroup var global: GlobalOptions

    private struct Result: Encodable {
        let exchanges: Int
        let queues: Int
        let bindings: Int
    }

    func execute(_ context: Context) async throws {
        let topology = try await context.withStore { store in
            let mailboxes = context.settings.hosted.mailboxes(in: try await context.organization(of: store))
            let topology = GridTopology.topology(of: mailboxes)
            let lost = LostMailboxes(store: store, losses: BrokerLosses(store: store), logger: context.logger)
            try await AMQPConnection.withConnection(context.settings.broker, logger: context.logger) { connection in
                try await lost.note(among: mailboxes, over: connection)
                try await connection.apply(topology)
            }
            return topology
        }
        let result = Result(
            exchanges: topology.exchanges.count,
            queues: topology.queues.count,
            bindings: topology.bindings.count
        )
        try context.output.result(result) {
            ["Declared \($0.exchanges) exchanges, \($0.queues) queues and \($0.bindings) bindings."]
        }
    }
}
