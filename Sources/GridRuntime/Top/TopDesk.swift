//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel
package import GridStore
package import Logging
import Synchronization

/// Looks at a node from outside: its state file each time, the broker now and then over one connection that is kept.
package final class TopDesk: Sendable {
    /// How often the broker is asked.
    static let brokerInterval = Duration.seconds(3)
    /// How long what is asked rests, as many times as it took: thousands of mailboxes do not keep the broker busy.
    private static let restShare = 4

    private struct Glance {
        var queues: [String: AMQPQueueStatus] = [:]
        var broker: TopSnapshot.Broker
    }

    private let store: StateFile
    private let broker: AMQPConfiguration
    private let mailboxes: [Mailbox]
    private let workers: WorkerDesk
    private let clock: WallClock
    private let logger: Logger
    private let glance: Mutex<Glance>

    /// Creates a desk.
    ///
    /// - Parameter mailboxes: The mailboxes of the node.
    package init(
        store: StateFile,
        broker: AMQPConfiguration,
        mailboxes: [Mailbox],
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.store = store
        self.broker = broker
        self.mailboxes = mailboxes
        self.clock = clock
        self.logger = logger
        workers = WorkerDesk(store: store, clock: clock, logger: logger)
        glance = Mutex(Glance(broker: .init(address: "\(broker)")))
    }

    /// Reads the state file, and adds what the broker said last.
    package func snapshot() async throws -> TopSnapshot {
        let now = clock.now
        let (figures, lights) = try await store.read { store in
            (try store.figures(at: now), try store.lights(at: now))
        }
        let glance = glance.withLock(\.self)
        let overview = try await workers.overview(of: mailboxes, queues: glance.queues)
        return TopSnapshot(
            at: now,
            broker: glance.broker,
            outbox: .init(
                waiting: figures.outboxWaiting,
                sending: figures.outboxLeased,
                oldestSeconds: figures.outboxOldest.map { Int(max(0, now.milliseconds - $0.milliseconds) / 1_000) }
            ),
            parked: figures.parked,
            timersDue: figures.timersDue,
            escalations: figures.escalations.reduce(0) { $0 + $1.count },
            lights: lights,
            processes: overview.processes,
            mailboxes: overview.mailboxes
        )
    }

    /// Asks the broker once, over a connection for this alone.
    package func askBroker() async {
        do {
            try await AMQPConnection.withConnection(broker, logger: logger) { try await self.ask($0) }
        } catch {
            note("\(error)")
        }
    }

    /// Asks the broker every few seconds until the task is cancelled; one that cannot be reached is tried again.
    package func keepAskingBroker() async throws {
        let supervisor = AMQPSupervisor(
            configuration: broker,
            backoff: AMQPBackoff(maximum: Self.brokerInterval),
            logger: logger,
            onFailure: { self.note("\($0)") }
        )
        while !Task.isCancelled {
            do {
                try await supervisor.run { connection in
                    while !Task.isCancelled {
                        let start = ContinuousClock.now
                        try await self.ask(connection)
                        try await Task.sleep(for: max(Self.brokerInterval, (.now - start) * Self.restShare))
                    }
                }
            } catch let error as AMQPError {
                // It refuses whoever asks; somebody may mend that while this is looked at.
                note("\(error)")
                try await Task.sleep(for: Self.brokerInterval)
            }
        }
    }

    private func ask(_ connection: AMQPConnection) async throws {
        let last = [ExchangeName.dead, ExchangeName.unrouted]
        let queues = try await connection.statuses(of: mailboxes.map(\.name) + last)
        let now = clock.now
        glance.withLock { glance in
            glance.queues = queues
            glance.broker.askedAt = now
            glance.broker.problem = nil
            glance.broker.dead = queues[ExchangeName.dead]?.messageCount
            glance.broker.unrouted = queues[ExchangeName.unrouted]?.messageCount
        }
    }

    private func note(_ problem: String) {
        glance.withLock { glance in
            // What it said before is nothing to go by any more.
            glance.queues = [:]
            glance.broker.problem = problem
            (glance.broker.dead, glance.broker.unrouted) = (nil, nil)
        }
    }
}
