//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import GridModel
import GridStore
package import Logging

/// Measures hops: acknowledgements of liaisons, taken from the cells' queues, handled, and reported to their issuers.
///
/// It runs the path of `gridwork up`, no other: mailboxes, inbox, page, decide, history, outbox, confirms. One hop is
/// one message in and one message out, as in the design; what comes out stays in the group leaders' mailboxes.
package struct HopBench: Sendable {
    /// What was measured.
    package struct Result: Sendable, Codable {
        /// Hops for each second, from the first subscription until the last outgoing message was confirmed.
        package let hopsPerSecond: Double
        /// How many hops there were.
        package let hops: Int
        /// How many queues they came from: one for each cell.
        package let queues: Int
        /// How long it took, in seconds.
        package let seconds: Double
        /// The size of an incoming body, in bytes; an outgoing one is of about the same size.
        package let bodyBytes: Int

        private enum CodingKeys: String, CodingKey {
            case hopsPerSecond = "hops_per_second"
            case hops, queues, seconds
            case bodyBytes = "body_bytes"
        }
    }

    private let hops: Int
    private let cells: Int
    private let past: Int
    private let broker: AMQPConfiguration
    private let folder: String?
    private let logger: Logger

    /// Creates a measurement.
    ///
    /// - Parameters:
    ///   - hops: How many hops, rounded up to a multiple of `cells`.
    ///   - cells: How many cells.
    ///   - past: How many completed assignments the state file holds beforehand.
    ///   - folder: Where the state file is put; the system's temporary folder when nil.
    package init(hops: Int, cells: Int, past: Int, broker: AMQPConfiguration, folder: String?, logger: Logger) {
        self.hops = hops
        self.cells = cells
        self.past = past
        self.broker = broker
        self.folder = folder
        self.logger = logger
    }

    /// Prepares, measures, and cleans up.
    package func run() async throws -> Result {
        let perCell = (hops + cells - 1) / cells
        let groups = (perCell + BenchOrganization.mostLiaisons - 1) / BenchOrganization.mostLiaisons
        let liaisons = (perCell + groups - 1) / groups
        guard groups <= BenchOrganization.mostGroups else {
            throw BenchFailure("so many hops need more cells: a cell has codes for \(99 * 999) liaisons")
        }
        let shape = BenchOrganization(atLeast: cells, groups: groups, liaisons: liaisons)
        return try await BenchStage.with(shape, broker: broker, folder: folder, logger: logger) { stage in
            try await stage.addPast(assignments: past)
            let commands = try await stage.acknowledgements()
            try await stage.publish(commands)
            return try await measure(stage, commands)
        }
    }

    private func measure(_ stage: BenchStage, _ commands: [StoredMessage]) async throws -> Result {
        let configuration = NodeConfiguration(
            broker: broker,
            statePath: stage.store.path,
            mailboxes: MailboxSelection(roles: ["liaison"]),
            duties: .worker
        )
        let node = Node(configuration, store: stage.store, logger: logger)
        guard let root = try await stage.store.read({ try $0.orders(limit: 1, now: WallClock.system.now) }).first else {
            throw BenchFailure("the order is gone")
        }
        let expected = commands.count
        let id = AssignmentID(rootOf: root.order.id)
        let clock = ContinuousClock()
        let elapsed = try await stage.running(node.services) {
            await node.readiness.waitUntilFirstReady()
            let start = clock.now
            try await stage.wait(atMost: .seconds(600)) { store in
                // Cheap while there is work: the outbox is empty only at the very end, and only then pages are counted.
                guard try store.isOutboxEmpty() else { return false }
                // The root counts as accepted as well.
                return try store.counts(under: id, now: WallClock.system.now).states.accepted == expected + 1
            }
            return clock.now - start
        }
        let seconds = elapsed / .seconds(1)
        return Result(
            hopsPerSecond: (Double(expected) / seconds).rounded(),
            hops: expected,
            queues: cells,
            seconds: seconds,
            bodyBytes: commands.first?.body.count ?? 0
        )
    }
}
