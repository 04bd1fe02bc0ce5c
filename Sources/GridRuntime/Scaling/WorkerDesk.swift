//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel
package import GridStore
package import Logging

/// Says how mailboxes are to be served, and looks how they are.
package struct WorkerDesk: Sendable {
    /// How processes followed what was said.
    package struct Following: Sendable, Hashable, Codable {
        /// How many processes run.
        package var processes: Int
        /// How many of them have carried it out.
        package var followed: Int
        /// How long that took, or was waited for, in seconds.
        package var seconds: Double
    }

    /// How long processes are given to carry out what was said.
    static let patience = Duration.seconds(5)

    private let store: StateFile
    private let clock: WallClock
    private let logger: Logger

    /// Creates a desk.
    package init(store: StateFile, clock: WallClock = .system, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Says how mailboxes are to be served, and waits a few seconds for the processes to follow.
    package func set(_ instruction: ScaleRule.Instruction, for scope: MailboxScope) async throws -> Following {
        let rule = ScaleRule(scope, instruction, setAt: clock.now)
        return try await following(try await store.write { try $0.setScale(rule) })
    }

    /// Has a process take no more messages, or take them again, and waits a few seconds for it.
    ///
    /// - Parameter name: Its name, or the number of the process where that names one alone.
    /// - Returns: The process's name; nil when there is none of that name.
    package func setDraining(
        _ isDraining: Bool,
        of name: String
    ) async throws -> (name: String, following: Following)? {
        let found: (name: String, version: Int)? = try await store.write { store in
            let names = try store.workerProcesses().map(\.name)
            let meant = names.contains(name) ? [name] : names.filter { $0.hasPrefix(name + ":") }
            guard meant.count == 1, let version = try store.setDraining(isDraining, of: meant[0]) else { return nil }
            return (meant[0], version)
        }
        guard let found else { return nil }
        return (found.name, try await following(found.version, of: found.name))
    }

    /// Waits until the processes that run, or one of them, have carried out a version of the desired state.
    private func following(_ version: Int, of name: String? = nil) async throws -> Following {
        let start = ContinuousClock.now
        let changes = try store.changes()
        return try await withThrowingTaskGroup(of: Following?.self) { group in
            group.addTask {
                var following = try await look(version, name)
                if following.followed == following.processes { return following }
                for await _ in changes {
                    following = try await look(version, name)
                    if following.followed == following.processes { break }
                }
                return following
            }
            group.addTask {
                try await Task.sleep(for: Self.patience)
                return nil
            }
            defer { group.cancelAll() }
            var following: Following
            if let found = try await group.next() ?? nil {
                following = found
            } else {
                following = try await look(version, name)
            }
            following.seconds = (ContinuousClock.now - start) / .seconds(1)
            return following
        }
    }

    private func look(_ version: Int, _ name: String?) async throws -> Following {
        let now = clock.now
        let running = try await store.read { try $0.workerProcesses() }
            .filter { $0.isAlive(at: now) && (name == nil || $0.name == name) }
        return Following(processes: running.count, followed: running.count { $0.applied >= version }, seconds: 0)
    }

    // MARK: Looking

    /// Tells who serves which mailboxes, and how they keep up.
    ///
    /// - Parameters:
    ///   - mailboxes: The mailboxes that are asked about.
    ///   - broker: The broker; what it says is left out where it cannot be asked.
    package func overview(of mailboxes: [Mailbox], broker: AMQPConfiguration) async throws -> WorkerOverview {
        let queues: [String: AMQPQueueStatus]
        let problem: String?
        do {
            queues = try await AMQPConnection.withConnection(broker, logger: logger) { connection in
                try await connection.statuses(of: mailboxes.map(\.name))
            }
            problem = nil
        } catch {
            (queues, problem) = ([:], "\(error)")
        }
        var overview = try await overview(of: mailboxes, queues: queues)
        overview.brokerProblem = problem
        return overview
    }

    /// Tells who serves which mailboxes, and how they keep up.
    ///
    /// - Parameters:
    ///   - mailboxes: The mailboxes that are asked about.
    ///   - queues: What the broker says of them; what it said of others counts for nothing.
    package func overview(of mailboxes: [Mailbox], queues: [String: AMQPQueueStatus]) async throws -> WorkerOverview {
        let (version, rules, processes) = try await store.read { store in
            (try store.scaleVersion(), try store.scaleRules(), try store.workerProcesses())
        }
        let now = clock.now
        var overview = WorkerOverview(processes: [], mailboxes: [])
        var parts: [String: [(String, WorkerReport.MailboxLine)]] = [:]
        for process in processes {
            let report = process.measured(logger)
            overview.processes.append(line(process, report, version, now))
            guard process.isAlive(at: now) else { continue }
            for line in report?.mailboxes ?? [] { parts[line.mailbox, default: []].append((process.name, line)) }
        }
        overview.mailboxes = mailboxes.map { mailbox in
            Self.line(mailbox, rules.scale(of: mailbox), queues[mailbox.name], parts[mailbox.name] ?? [], now)
        }
        return overview
    }

    private func line(
        _ process: WorkerProcess,
        _ report: WorkerReport?,
        _ version: Int,
        _ now: Instant
    ) -> WorkerOverview.Process {
        let follows = process.applied >= version
        let state: WorkerOverview.Process.State =
            if !process.isAlive(at: now) {
                .silent
            } else if !process.isDraining {
                process.isServing ? .serving : .waiting
            } else {
                follows ? .drained : .draining
            }
        return WorkerOverview.Process(
            name: process.name,
            duties: process.duties,
            selection: process.mailboxes(logger),
            state: state,
            follows: follows,
            startedAt: process.startedAt,
            seenAt: process.seenAt,
            serving: report?.serving ?? 0,
            held: report?.held ?? 0,
            perMinute: report?.perMinute ?? 0,
            busy: report?.busy ?? 0
        )
    }

    private static func line(
        _ mailbox: Mailbox,
        _ scale: MailboxScale,
        _ queue: AMQPQueueStatus?,
        _ parts: [(String, WorkerReport.MailboxLine)],
        _ now: Instant
    ) -> WorkerOverview.MailboxLine {
        let oldest = parts.compactMap(\.1.oldestSentAt).min()
        return WorkerOverview.MailboxLine(
            mailbox: mailbox.name,
            workers: scale.workers,
            prefetch: scale.prefetch,
            pausedAt: scale.pausedAt,
            policy: scale.policy,
            why: scale.policy == nil ? nil : scale.decision?.reason,
            decidedAt: scale.policy == nil ? nil : scale.decision?.at,
            consumers: queue?.consumerCount,
            backlog: queue?.messageCount,
            held: parts.reduce(0) { $0 + $1.1.held },
            oldestSeconds: oldest.map { Int(max(0, now.milliseconds - $0.milliseconds) / 1_000) },
            perMinute: parts.reduce(0) { $0 + $1.1.perMinute },
            busy: parts.map(\.1.busy).max() ?? 0,
            processes: parts.map { name, line in
                .init(process: name, workers: line.workers, held: line.held, perMinute: line.perMinute)
            }
        )
    }
}
