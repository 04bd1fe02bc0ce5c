//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore
import GridTraces
import Logging
import ServiceLifecycle

extension Chain {
    /// How services end.
    enum Ending: Sendable {
        /// As at SIGTERM: what is in hand is finished.
        case graceful
        /// Cancelled wherever they are.
        case abrupt
    }

    /// Services ended before the test told them to.
    struct EndedEarly: Error {}

    /// Runs a node for the length of `body`, which begins when the mailboxes are served.
    ///
    /// - Parameters:
    ///   - instance: Tells several nodes on one state file apart.
    ///   - store: Its own opening of the state file; the chain's when nil.
    func withNode<Value: Sendable>(
        instance: Int = 0,
        store: StateFile? = nil,
        mailboxes: MailboxSelection = MailboxSelection(),
        duties: NodeConfiguration.Duties = .node,
        traces: TraceConfiguration? = nil,
        reconcile: ReconcileService.Timing = ReconcileService.Timing(),
        autoscaleInterval: Duration = Autoscaler.interval,
        care: CareTiming = CareTiming(),
        ending: Ending = .graceful,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let store = store ?? self.store
        let node = Node(
            NodeConfiguration(
                broker: broker,
                statePath: store.path,
                mailboxes: mailboxes,
                duties: duties,
                traces: traces,
                reconcile: reconcile,
                autoscaleInterval: autoscaleInterval,
                care: care
            ),
            store: store,
            clock: clock.wall,
            instance: instance,
            logger: logger
        )
        return try await running(node.services, ending: ending) {
            try await within(.seconds(60), "the mailboxes are served") { await node.readiness.waitUntilFirstReady() }
            return try await body()
        }
    }

    /// Runs stand-in agents for the length of `body`, which begins when they take mail.
    ///
    /// Nested around `withNode`, they miss nothing.
    func withAgents<Value: Sendable>(
        _ pattern: String = "*",
        delay: ClosedRange<Double> = 0.01...0.05,
        returnShare: Double = 0,
        escalateShare: Double = 0,
        _ body: @escaping @Sendable (AgentPool) async throws -> Value
    ) async throws -> Value {
        let agents = AgentPool(
            pattern: PostPattern(pattern),
            behaviour: AgentBehaviour(delay: delay, returnShare: returnShare, escalateShare: escalateShare, seed: 1),
            broker: broker,
            clock: clock.wall,
            logger: logger
        )
        return try await running([agents], ending: .graceful) {
            try await within(.seconds(60), "the agents take mail") { await agents.waitUntilReady() }
            return try await body(agents)
        }
    }

    /// Runs services as one group, without signals, for the length of `body`.
    func running<Value: Sendable>(
        _ services: [any Service],
        ending: Ending,
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await GridRuntimeTests.running(services, ending: ending, logger: logger, body)
    }
}

/// Runs services as one group, without signals, for the length of `body`.
func running<Value: Sendable>(
    _ services: [any Service],
    ending: Chain.Ending,
    logger: Logger,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let group = ServiceGroup(
        configuration: ServiceGroupConfiguration(services: services.map { .init(service: $0) }, logger: logger)
    )
    let ended = StopFlag()
    return try await withThrowingTaskGroup(of: Value?.self) { tasks in
        tasks.addTask {
            defer { ended.set() }
            try await group.run()
            return nil
        }
        tasks.addTask { try await body() }
        defer { tasks.cancelAll() }
        guard let value = try await tasks.next() ?? nil else { throw Chain.EndedEarly() }
        switch ending {
        case .graceful:
            await group.triggerGracefulShutdown()
            try await within(.seconds(60), "the services stop") { await ended.wait() }
            try await tasks.waitForAll()
        case .abrupt:
            tasks.cancelAll()
            while await tasks.nextResult() != nil {}
        }
        return value
    }
}
