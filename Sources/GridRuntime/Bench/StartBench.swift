//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import GridStore
package import Logging

/// Measures how long a node takes from its start until it serves all mailboxes, on a broker that knows none of them, beside
/// what the broker takes for the same declarations alone.
package struct StartBench: Sendable {
    /// What was measured.
    package struct Result: Sendable, Codable {
        /// How many cells.
        package let cells: Int
        /// How many mailboxes: one for each role of a cell, and those of the offices.
        package let mailboxes: Int
        /// How long the declarations alone take over several channels, the quickest that the broker was seen to make them, in
        /// seconds.
        package let bareSeconds: Double
        /// How long they take over one channel, in seconds.
        package let bareOneChannelSeconds: Double
        /// How long a node takes that has to declare them, in seconds.
        package let firstStartSeconds: Double
        /// How long it takes where they are there already, in seconds.
        package let nextStartSeconds: Double
        /// The first start by the declarations alone, over several channels.
        package let ratio: Double

        private enum CodingKeys: String, CodingKey {
            case cells, mailboxes
            case bareSeconds = "bare_seconds"
            case bareOneChannelSeconds = "bare_one_channel_seconds"
            case firstStartSeconds = "first_start_seconds"
            case nextStartSeconds = "next_start_seconds"
            case ratio = "first_start_to_bare"
        }
    }

    private let shape: BenchOrganization
    private let broker: AMQPConfiguration
    private let folder: String?
    private let logger: Logger

    /// Creates a measurement.
    ///
    /// - Parameters:
    ///   - cells: How many cells, each with a lane group of one liaison point.
    ///   - folder: Where the state file is put; the system's temporary folder when nil.
    package init(cells: Int, broker: AMQPConfiguration, folder: String?, logger: Logger) {
        shape = BenchOrganization(atLeast: cells, groups: 1, liaisons: 1)
        self.broker = broker
        self.folder = folder
        self.logger = logger
    }

    /// Prepares, measures, and cleans up.
    package func run() async throws -> Result {
        try await BenchStage.with(shape, broker: broker, folder: folder, logger: logger, isDeclared: false) { stage in
            let clock = ContinuousClock()
            try await stage.removeQueues()
            let bare = try await clock.measure { try await stage.declare() }
            try await stage.removeQueues()
            let first = try await start(on: stage)
            let next = try await start(on: stage)
            try await stage.removeQueues()
            let oneChannel = try await clock.measure { try await stage.declare(overOneChannel: true) }
            return Result(
                cells: shape.communities * shape.cells,
                mailboxes: MailboxSelection().mailboxes(in: stage.organization).count,
                bareSeconds: bare / .seconds(1),
                bareOneChannelSeconds: oneChannel / .seconds(1),
                firstStartSeconds: first / .seconds(1),
                nextStartSeconds: next / .seconds(1),
                ratio: first / bare
            )
        }
    }

    /// Starts a node, and stops it when it serves its mailboxes.
    private func start(on stage: BenchStage) async throws -> Duration {
        let node = Node(
            NodeConfiguration(broker: broker, statePath: stage.store.path),
            store: stage.store,
            logger: logger
        )
        let start = ContinuousClock.now
        return try await stage.running(node.services) {
            await node.readiness.waitUntilFirstReady()
            return .now - start
        }
    }
}
