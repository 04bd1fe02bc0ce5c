//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridStore
import Logging
import ServiceLifecycle

/// Keeps the policies by which operators let workers be reckoned: looks at the mailboxes that have one every few seconds, and
/// writes into the state file how many workers each has, which all processes follow.
///
/// Runs in a node, not in the workers beside it; where several nodes share a state file, the one that began first decides.
/// It asks the broker only while there are policies, over a connection of its own that is kept for as long.
package struct Autoscaler: Service {
    /// How often mailboxes are looked at: as often as processes tell what they measured.
    package static let interval = Duration.seconds(5)
    /// A round rests this many times as long as it took, so that thousands of mailboxes do not keep the broker busy.
    private static let restShare = 4

    private struct Known {
        var state: AutoscaleState
        var messages: Int
        var lookedAt: ContinuousClock.Instant
    }

    private let store: StateFile
    private let name: String
    private let supervisor: AMQPSupervisor
    private let selection: MailboxSelection
    private let organizations: OrganizationCache
    private let scaleVersion: Threshold
    private let interval: Duration
    private let clock: WallClock
    private let logger: Logger
    /// By the machine's clock, since processes tell by it that they are alive.
    private let desk: WorkerDesk

    /// Creates an autoscaler.
    ///
    /// - Parameters:
    ///   - name: The process's name, by which it knows whether it decides.
    ///   - supervisor: Makes the connection when there are policies.
    ///   - selection: The mailboxes of the node.
    ///   - scaleVersion: Raised when the desired state has changed, so that a new policy is followed at once.
    ///   - interval: How often mailboxes are looked at.
    ///   - clock: Decides how long ago something was wanted, and what is due.
    init(
        store: StateFile,
        name: String,
        supervisor: AMQPSupervisor,
        selection: MailboxSelection,
        organizations: OrganizationCache,
        scaleVersion: Threshold,
        interval: Duration = Self.interval,
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.name = name
        self.supervisor = supervisor
        self.selection = selection
        self.organizations = organizations
        self.scaleVersion = scaleVersion
        self.interval = interval
        self.clock = clock
        self.logger = logger
        desk = WorkerDesk(store: store, logger: logger)
    }

    /// Decides until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                try await StoreTrouble.riddenOut(
                    until: stopping,
                    saying: "The workers that policies ask for could not be written; trying again",
                    to: logger
                ) {
                    _ = try await stopping.race { try await keepPolicies() }
                }
            }
        } onGracefulShutdown: {
            stopping.set()
        }
    }

    private func keepPolicies() async throws {
        while !Task.isCancelled {
            let situation = try await situation()
            if !situation.scaled.isEmpty { try await supervisor.run(decideInRounds) }
            if situation.hasPolicies {
                await atMost(interval) { await scaleVersion.wait(above: situation.version) }
            } else {
                // Whoever sets one says so.
                await scaleVersion.wait(above: situation.version)
            }
        }
    }

    /// Decides again and again until there is nothing to decide any more.
    private func decideInRounds(over connection: AMQPConnection) async throws {
        // What is known of mailboxes ends with the connection: then they keep their workers for the window at least.
        var known: [String: Known] = [:]
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let situation = try await situation()
            if situation.scaled.isEmpty { return }
            let version = try await decide(situation, &known, over: connection)
            let rest = max(interval, (.now - start) * Self.restShare)
            await atMost(rest) { await scaleVersion.wait(above: version) }
        }
    }

    // MARK: Looking

    private struct Situation {
        var version: Int
        /// Whether there is any policy, even if another process decides.
        var hasPolicies: Bool
        /// The mailboxes that have a policy; none where another process decides.
        var scaled: [(mailbox: Mailbox, scale: MailboxScale)] = []
        /// All that stand in the file with a decision.
        var decided: Set<String> = []
        var organization: Organization?
    }

    private func situation() async throws -> Situation {
        let (version, rules, processes, organization) = try await store.read { store in
            (
                try store.scaleVersion(), try store.scaleRules(), try store.workerProcesses(),
                try organizations.organization(in: store)?.organization
            )
        }
        var situation = Situation(
            version: version,
            hasPolicies: rules.haveAPolicy,
            decided: Set(rules.decisions.keys),
            organization: organization
        )
        let now = WallClock.system.now
        let nodes = processes.filter { $0.duties == NodeConfiguration.Duties.node.rawValue && $0.isAlive(at: now) }
        guard rules.haveAPolicy, let organization, nodes.first?.name == name else { return situation }
        situation.scaled = selection.mailboxes(in: organization)
            .map { ($0, rules.scale(of: $0)) }.filter { $0.scale.policy != nil }
        return situation
    }

    /// Measures the mailboxes that have a policy, decides, and writes what is new.
    ///
    /// - Returns: The version of the desired state that says so.
    private func decide(
        _ situation: Situation,
        _ known: inout [String: Known],
        over connection: AMQPConnection
    ) async throws -> Int {
        let names = situation.scaled.map(\.mailbox.name)
        let queues = try await connection.statuses(of: names)
        let lines = try await desk.overview(of: situation.scaled.map(\.mailbox), queues: queues).mailboxes
        let (now, lookedAt) = (clock.now, ContinuousClock.now)
        var decisions: [String: AutoscaleDecision] = [:]
        var samples: [AutoscaleSample] = []
        for line in lines { samples.append(Self.sample(line, known[line.mailbox], at: lookedAt)) }
        try await addDeadlines(to: &samples, situation, at: now)
        for ((mailbox, scale), (line, sample)) in zip(situation.scaled, zip(lines, samples)) {
            // A mailbox that the broker does not know is about to be declared.
            guard let policy = scale.policy, line.backlog != nil else { continue }
            let workers = policy.bounded(scale.decision?.workers)
            var state = known[mailbox.name]?.state ?? AutoscaleState(workers: workers, at: now)
            decisions[mailbox.name] = state.decide(by: policy, sample, at: now)
            if scale.decision == nil, decisions[mailbox.name] == nil {
                let reason = "it begins with the fewest that the policy allows"
                decisions[mailbox.name] = AutoscaleDecision(workers: state.workers, reason: reason, at: now)
            }
            known[mailbox.name] = Known(state: state, messages: sample.messages, lookedAt: lookedAt)
        }
        known = known.filter { Set(names).contains($0.key) }
        guard !decisions.isEmpty || !situation.decided.isSubset(of: names) else { return situation.version }
        let version = try await store.write { [decisions] in try $0.decide(decisions, keeping: Set(names)) }
        report(decisions, situation)
        return version
    }

    private static func sample(
        _ line: WorkerOverview.MailboxLine,
        _ last: Known?,
        at now: ContinuousClock.Instant
    ) -> AutoscaleSample {
        let (messages, handled) = ((line.backlog ?? 0) + line.held, line.perMinute / 60)
        let arrived = last.map { last in
            let seconds = max(0.001, (now - last.lookedAt) / .seconds(1))
            return max(0, Double(messages - last.messages) / seconds + handled)
        }
        return AutoscaleSample(
            messages: messages,
            arrivedPerSecond: arrived,
            handledPerSecond: handled,
            oldestSeconds: line.oldestSeconds.map(Double.init)
        )
    }

    /// Adds the deadlines where a policy asks for them and something waits.
    private func addDeadlines(to samples: inout [AutoscaleSample], _ situation: Situation, at now: Instant) async throws
    {
        guard let organization = situation.organization else { return }
        for (index, (mailbox, scale)) in situation.scaled.enumerated() where scale.policy?.mode == .deadlineSlack {
            guard samples[index].messages > 0, let seconds = samples[index].secondsToCatchUp else { continue }
            let posts = organization.units(in: mailbox.code).map(\.post)
                .filter { organization.mailbox(of: $0) == mailbox }
            let time = now.adding(milliseconds: Int64(min(seconds, 1e9) * 1_000))
            let found = try await store.read { try $0.deadlines(of: posts, after: now, by: time) }
            samples[index].deadlines = found.map { found in
                AutoscaleSample.Deadlines(
                    secondsLeft: Double(found.next.milliseconds - now.milliseconds) / 1_000,
                    late: found.count
                )
            }
        }
    }

    private func report(_ decisions: [String: AutoscaleDecision], _ situation: Situation) {
        for (mailbox, scale) in situation.scaled {
            guard let decision = decisions[mailbox.name] else { continue }
            logger.notice(
                "The workers of a mailbox were set by its policy",
                metadata: [
                    LogKey.queue: "\(mailbox.name)", LogKey.count: "\(decision.workers)",
                    LogKey.before: "\(scale.decision?.workers ?? scale.workers ?? 1)",
                    LogKey.reason: "\(decision.reason)",
                ]
            )
        }
    }
}
