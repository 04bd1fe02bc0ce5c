//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// What a process subscribes to: its part of what operators want.
package struct SubscriptionPlan: Sendable, Hashable {
    /// A process's part in a mailbox.
    package struct Share: Sendable, Hashable {
        /// How many workers it has there, at least 1.
        package var workers: Int
        /// How many messages one of them may hold, at least 1.
        package var prefetch: Int
        /// How many messages the mailbox gives when it is its turn and others wait, at least 1.
        package var turn = 1

        /// How many messages may be outstanding.
        var window: Int { workers * prefetch }
    }

    /// A process that is there for mailboxes and takes messages from them.
    struct Peer: Sendable {
        let name: String
        let mailboxes: Set<Mailbox>
    }

    /// The most deliveries that a process has outstanding of mailboxes of which nothing was said.
    static let standardWindow = 4_000
    /// The most it has outstanding of all, but one for each worker at least: it holds them in memory.
    static let mostOutstanding = 20_000

    /// The most messages that a mailbox gives in one turn, however many workers it has: a quarter of a batch.
    static let mostInTurn = MailboxLoop.batchSize / 4

    /// Its parts, by the names of the mailboxes; those that it leaves to others, or to nobody, are not there.
    package private(set) var shares: [String: Share] = [:]

    /// Creates a plan of nothing, that of a process which is drained.
    init() {}

    /// Creates the plan of a process.
    ///
    /// - Parameters:
    ///   - mailboxes: What it is there for.
    ///   - rules: What operators want.
    ///   - name: Its name.
    ///   - peers: The other processes that share the state file.
    ///   - hasKeeper: Whether a node runs, which wakes mailboxes that have no worker by their policy. Without one they have
    ///     one worker.
    init(of mailboxes: [Mailbox], rules: ScaleRules, name: String, peers: [Peer], hasKeeper: Bool = true) {
        // Shares of it are given to each, so that few mailboxes hold much and many hold little.
        let standard = max(2, Self.standardWindow / max(1, mailboxes.count))
        for mailbox in mailboxes {
            let scale = rules.scale(of: mailbox)
            guard !scale.isPaused else { continue }
            let wanted = scale.workers.map { $0 == 0 && !hasKeeper ? 1 : $0 }
            let workers = wanted.map { total in
                let names = Set(peers.filter { $0.mailboxes.contains(mailbox) }.map(\.name)).union([name])
                return WorkerShare.share(of: total, for: name, among: names, mailbox: mailbox.name)
            }
            guard workers != 0 else { continue }
            shares[mailbox.name] = Share(workers: workers ?? 1, prefetch: scale.prefetch ?? standard)
        }
        setTurns(standard)
        let total = shares.values.reduce(0) { $0 + $1.window }
        guard total > Self.mostOutstanding else { return }
        shares = shares.mapValues { share in
            var share = share
            share.prefetch = max(1, share.prefetch * Self.mostOutstanding / total)
            return share
        }
    }

    /// Turns go by workers, and are as long as can be: what a mailbox of which nothing was said may hold goes in one, so that
    /// it is acknowledged together. Each acknowledgement is an entry in the log of a quorum queue.
    private mutating func setTurns(_ standard: Int) {
        let mostWorkers = shares.values.reduce(1) { max($0, $1.workers) }
        let each = max(1, min(standard, Self.mostInTurn / mostWorkers))
        shares = shares.mapValues { share in
            var share = share
            share.turn = share.workers * each
            return share
        }
    }

    /// How many processes are subscribed to each mailbox, where each of them follows its plan.
    ///
    /// - Parameters:
    ///   - processes: All that take messages.
    ///   - hasKeeper: Whether a node runs.
    ///   - isCounted: Whether a process of a name is counted; the others only have their share.
    static func subscribers(
        of processes: [Peer],
        rules: ScaleRules,
        hasKeeper: Bool = true,
        where isCounted: (_ name: String) -> Bool
    ) -> [String: Int] {
        var counts: [String: Int] = [:]
        for process in processes where isCounted(process.name) {
            let others = processes.filter { $0.name != process.name }
            let plan = SubscriptionPlan(
                of: Array(process.mailboxes),
                rules: rules,
                name: process.name,
                peers: others,
                hasKeeper: hasKeeper
            )
            for name in plan.shares.keys { counts[name, default: 0] += 1 }
        }
        return counts
    }

    /// What has to be done to come from one plan to another.
    struct Change: Sendable, Hashable {
        /// The mailboxes that are given up, or subscribed to anew.
        var leave: Set<String> = []
        /// Those that are subscribed to, and how many messages may be outstanding of each.
        var join: [String: Int] = [:]

        var isEmpty: Bool { leave.isEmpty && join.isEmpty }
    }

    /// What has to be done to come from `earlier` to this plan.
    func change(from earlier: SubscriptionPlan) -> Change {
        var change = Change()
        for (name, share) in earlier.shares where shares[name]?.window != share.window { change.leave.insert(name) }
        for (name, share) in shares where earlier.shares[name]?.window != share.window {
            change.join[name] = share.window
        }
        return change
    }
}
