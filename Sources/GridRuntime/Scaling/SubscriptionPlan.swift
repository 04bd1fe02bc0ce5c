//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// What a process subscribes to: the mailboxes that it holds, as operators want them served.
package struct SubscriptionPlan: Sendable, Hashable {
    /// How a mailbox is served.
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

    /// Another process that is there for mailboxes.
    struct Peer: Sendable {
        let name: String
        let mailboxes: Set<Mailbox>
        /// Whether it takes messages: who is drained, or has no connection, holds no mailbox.
        var isServing = true
        /// The version up to which it has given up what is not its own.
        var released = 0
    }

    /// The most deliveries that a process has outstanding of mailboxes of which nothing was said.
    static let standardWindow = 4_000
    /// How many of a mailbox it has outstanding at least, however many there are, until ``mostOutstanding`` is reached. A
    /// quorum queue writes what it is sent, and what of it is acknowledged, together where it comes together: over 1,500 cells
    /// 3,394 hops a second beside 3,069 with a window of 2, one turn each.
    static let leastWindow = 8
    /// The most it has outstanding of all, but one for each worker at least: it holds them in memory.
    static let mostOutstanding = 20_000

    /// The most messages that a mailbox gives in one turn, however many workers it has: a quarter of a batch.
    static let mostInTurn = MailboxLoop.batchSize / 4

    /// How it serves its mailboxes, by their names; those that others hold, or nobody, are not there.
    package private(set) var shares: [String: Share] = [:]

    /// Creates a plan of nothing, that of a process which is drained.
    init() {}

    /// Creates the plan of a process.
    ///
    /// - Parameters:
    ///   - mailboxes: What it is there for.
    ///   - rules: What operators want.
    ///   - name: Its name.
    ///   - breadth: How many mailboxes it is there for, those counted that take no messages at present; the others reckon
    ///     with the same number.
    ///   - peers: The other processes that share the state file.
    ///   - hasKeeper: Whether a node runs, which wakes mailboxes that have no worker by their policy. Without one they have
    ///     one worker.
    init(of mailboxes: [Mailbox], rules: ScaleRules, name: String, breadth: Int, peers: [Peer], hasKeeper: Bool = true)
    {
        // Shares of it are given to each, so that few mailboxes hold much and many hold little. Not by how many the process
        // holds: all would have to be subscribed to anew whenever a process comes or goes.
        let standard = max(Self.leastWindow, Self.standardWindow / max(1, mailboxes.count))
        let own = MailboxHolder.Candidate(name: name, breadth: breadth)
        let others = peers.filter(\.isServing).map { peer in
            let candidate = MailboxHolder.Candidate(name: peer.name, breadth: peer.mailboxes.count)
            return (mailboxes: peer.mailboxes, candidate: candidate)
        }
        for mailbox in mailboxes {
            let scale = rules.scale(of: mailbox)
            guard !scale.isPaused else { continue }
            let workers = scale.workers.map { $0 == 0 && !hasKeeper ? 1 : $0 }
            guard workers != 0 else { continue }
            let candidates = others.filter { $0.mailboxes.contains(mailbox) }.map(\.candidate) + [own]
            guard MailboxHolder.name(of: mailbox.name, among: candidates) == name else { continue }
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

    /// Leaves out mailboxes that are its own and cannot be subscribed to yet.
    mutating func leaveOut(_ names: Set<String>) {
        for name in names { shares[name] = nil }
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
