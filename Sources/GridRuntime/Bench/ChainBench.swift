//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import GridModel
import GridStore
package import Logging

/// Measures the chain: an order over so many cells, from its issue until it is completed at the street, with agents that
/// answer at once.
///
/// Two orders, one after the other. The first finds queues that nothing was ever sent to, which the broker is slower with: 500
/// messages to 63 queues took 0.5 s at first and 0.17 s later (seen over 1,500 queues). In a street that works there are none.
package struct ChainBench: Sendable {
    /// What was measured.
    package struct Result: Sendable, Codable {
        /// How long the second order took, in seconds.
        package let seconds: Double
        /// How many cells the order went to.
        package let cells: Int
        /// How many assignments it came to, the root counted.
        package let legs: Int
        /// How many messages the node handled for it.
        package let messages: Int
        /// Messages handled for each second.
        package let hopsPerSecond: Double
        /// The same of the order before it, the first.
        package let firstHopsPerSecond: Double

        private enum CodingKeys: String, CodingKey {
            case seconds, cells, legs, messages
            case hopsPerSecond = "hops_per_second"
            case firstHopsPerSecond = "first_hops_per_second"
        }
    }

    private let shape: BenchOrganization
    private let broker: AMQPConfiguration
    private let folder: String?
    private let logger: Logger

    /// Creates a measurement.
    ///
    /// - Parameters:
    ///   - cells: How many cells, 1 to 999, each with five lane groups of four liaison points.
    ///   - folder: Where the state file is put; the system's temporary folder when nil.
    package init(cells: Int, broker: AMQPConfiguration, folder: String?, logger: Logger) {
        shape = BenchOrganization(cells: cells, groups: 5, liaisons: 4)
        self.broker = broker
        self.folder = folder
        self.logger = logger
    }

    /// Prepares, measures, and cleans up.
    package func run() async throws -> Result {
        guard (1...999).contains(shape.cells) else { throw BenchFailure("give 1 to 999 cells") }
        return try await BenchStage.with(shape, broker: broker, folder: folder, logger: logger) { stage in
            let node = Node(
                NodeConfiguration(broker: broker, statePath: stage.store.path),
                store: stage.store,
                logger: logger
            )
            let agents = AgentPool(
                pattern: BenchOrganization.everyone,
                behaviour: AgentBehaviour(delay: 0...0),
                broker: broker,
                logger: logger
            )
            return try await stage.running(node.services + [agents]) {
                await node.readiness.waitUntilFirstReady()
                await agents.waitUntilReady()
                return try await measure(stage)
            }
        }
    }

    private func measure(_ stage: BenchStage) async throws -> Result {
        let first = try await order(1, on: stage)
        let next = try await order(2, on: stage)
        return Result(
            seconds: next.seconds,
            cells: shape.cells,
            legs: next.legs,
            messages: next.messages,
            hopsPerSecond: (Double(next.messages) / next.seconds).rounded(),
            firstHopsPerSecond: (Double(first.messages) / first.seconds).rounded()
        )
    }

    /// Issues an order and waits until it is completed.
    private func order(_ number: Int, on stage: BenchStage) async throws -> (seconds: Double, legs: Int, messages: Int)
    {
        guard let office = stage.organization.top?.post, let command = MessageID("bench-issue-\(number)") else {
            throw BenchFailure("the organization has no top")
        }
        let before = try await stage.store.read { try $0.inboxCount() }
        let start = ContinuousClock.now
        let decision = try await LocalDesk(store: stage.store, logger: logger)
            .perform(Command(id: command, actor: office, body: .issue(BenchStage.draft(from: office))))
        guard let root = decision?.assignment?.id else { throw BenchFailure("the order was not issued") }
        try await stage.wait(atMost: .seconds(600)) { try $0.assignment(root)?.state == .completed }
        let seconds = (.now - start) / .seconds(1)
        return try await stage.store.read { store in
            let legs = try store.counts(under: root, now: WallClock.system.now).total
            return (seconds, legs, try store.inboxCount() - before)
        }
    }
}
