//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel
import GridStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Stands in for the agents of field workers: takes the mail of the posts that fit a pattern and answers with commands.
///
/// It speaks AMQP as anybody's agent would, from a queue of its own, and never sees the state file. A mail is
/// acknowledged when the last command about it is confirmed, so a pool that is killed goes on where it was.
package final class AgentPool: Service {
    /// How many mails may be in hand at once.
    static let window: UInt16 = 4_000
    /// The most commands in one publish.
    static let batchSize = 500
    /// How long a publish may take.
    static let publishLimit = Duration.seconds(10)
    /// How long the pool's queue outlives it, in milliseconds.
    static let queueExpiry: Int64 = 3_600_000

    private let pattern: PostPattern
    private let behaviour: AgentBehaviour
    private let supervisor: AMQPSupervisor
    private let user: String
    private let clock: WallClock
    private let logger: Logger
    private let codec = CommandCodec()
    private let random: Mutex<SeededGenerator>
    private let sent = Mutex<[CommandVerb: Int]>([:])
    private let readiness = Threshold()

    /// Creates a pool for the posts that fit `pattern`.
    package init(
        pattern: PostPattern,
        behaviour: AgentBehaviour,
        broker: AMQPConfiguration,
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.pattern = pattern
        self.behaviour = behaviour
        self.clock = clock
        self.logger = logger
        random = Mutex(SeededGenerator(seed: behaviour.seed))
        user = broker.username
        var broker = broker
        broker.connectionName = "gridwork agents \(pattern)"
        supervisor = AMQPSupervisor(configuration: broker, backoff: Node.backoff, logger: logger)
    }

    /// How many commands of each verb the broker has confirmed.
    package var commandsSent: [CommandVerb: Int] { sent.withLock(\.self) }

    /// Waits until mail is being taken; returns early when the task is cancelled.
    package func waitUntilReady() async {
        await readiness.wait(above: 0)
    }

    /// Acts until the task is cancelled or told to stop.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                try await self.supervisor.run { connection in try await self.serve(connection) }
            }
        } catch is CancellationError {
            // Told to stop; what was not acknowledged is delivered again to the next pool.
        }
    }

    /// The name of the queue in which a pool gets the mail of all posts that asks for something to be done.
    static func queue(of pattern: PostPattern) -> String { "gridwork.agents.\(pattern)" }

    private func serve(_ connection: AMQPConnection) async throws {
        let queue = Self.queue(of: pattern)
        try await connection.withChannel { channel in
            try await channel.apply(GridTopology.topology(of: []))
            // Replicated, since a queue on one node of a cluster is away with it, and mail passes it by meanwhile.
            _ = try await channel.declare(.quorum(queue, arguments: ["x-expires": .int64(Self.queueExpiry)]))
            // Two of three mails are reports, about which it does nothing.
            for event in AgentPlan.events {
                let key = "*.*.*.*.\(event.rawValue)"
                try await channel.bind(AMQPBinding(source: ExchangeName.mail, queue: queue, routingKey: key))
            }
        }
        try await connection.withChannel { inbox in
            try await connection.withChannel { outbox in
                let consumer = try await inbox.consume([AMQPSubscription(queue: queue, prefetch: Self.window)])
                let schedule = AgentSchedule()
                self.readiness.raise(to: 1)
                self.logger.notice("Ready: taking the mail of the posts", metadata: [LogKey.queue: "\(queue)"])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { try await self.plan(consumer, inbox, schedule) }
                    group.addTask { try await self.act(schedule, inbox, outbox) }
                    defer { group.cancelAll() }
                    try await group.next()
                }
            }
        }
    }

    /// Takes mail and plans what to do about it.
    private func plan(_ consumer: AMQPConsumer, _ inbox: AMQPChannel, _ schedule: AgentSchedule) async throws {
        while let batch = try await consumer.nextBatch(maximum: Self.batchSize) {
            var done: [UInt64] = []
            for delivery in batch {
                guard let plan = plan(StoredMessage(delivery)) else {
                    done.append(delivery.deliveryTag)
                    continue
                }
                schedule.add(plan, step: 0, deliveryTag: delivery.deliveryTag, due: after(delay()))
            }
            try await inbox.acknowledge(done)
        }
    }

    private func plan(_ mail: StoredMessage) -> AgentPlan? {
        guard let post = Self.post(ofRoutingKey: mail.routingKey), pattern.matches(post) else { return nil }
        do {
            return try AgentPlan(for: mail, post: post, behaviour: behaviour)
        } catch {
            logger.warning("An agent cannot read its mail", metadata: [LogKey.reason: "\(error)"])
            return nil
        }
    }

    /// Takes the steps that are due, and acknowledges a mail after its last one.
    private func act(_ schedule: AgentSchedule, _ inbox: AMQPChannel, _ outbox: AMQPChannel) async throws {
        while true {
            try Task.checkCancellation()
            let entries = schedule.takeDue(at: .now, limit: Self.batchSize)
            guard !entries.isEmpty else {
                let limit = schedule.next.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
                await schedule.signal.wait(atMost: limit ?? .seconds(3_600))
                continue
            }
            let messages = try entries.map { entry in
                try codec.encode(
                    entry.plan.command(entry.step),
                    mailboxPrefix: entry.plan.mailboxPrefix,
                    at: clock.now
                ).outgoing(by: user)
            }
            let outcomes = await outbox.publish(messages, timeout: Self.publishLimit)
            var done: [UInt64] = []
            for (entry, outcome) in zip(entries, outcomes) {
                if case .nacked = outcome {
                    // It may be the channel, as for the relay. The mail is delivered again, and the command repeated.
                    throw AMQPError(.channelClosed, "The channel on which the broker refused commands is given up.")
                }
                guard case .confirmed = outcome else {
                    // The same command, under the same identifier, until the broker has it.
                    schedule.add(entry.plan, step: entry.step, deliveryTag: entry.deliveryTag, due: after(.seconds(1)))
                    continue
                }
                sent.withLock { $0[entry.plan.steps[entry.step].verb, default: 0] += 1 }
                if entry.step + 1 < entry.plan.steps.count {
                    schedule.add(
                        entry.plan,
                        step: entry.step + 1,
                        deliveryTag: entry.deliveryTag,
                        due: after(delay())
                    )
                } else {
                    done.append(entry.deliveryTag)
                }
            }
            try await inbox.acknowledge(done)
        }
    }

    private func delay() -> Duration {
        .seconds(random.withLock { Double.random(in: behaviour.delay, using: &$0) })
    }

    private func after(_ delay: Duration) -> ContinuousClock.Instant {
        .now.advanced(by: delay)
    }

    /// The post in a key `<level>.<code>.<role>.<post code>.<event>`.
    private static func post(ofRoutingKey key: String) -> PostAddress? {
        let parts = key.split(separator: ".")
        guard parts.count == 5, let code = UnitCode(String(parts[3])) else { return nil }
        return PostAddress(role: String(parts[2]), code: code)
    }
}
