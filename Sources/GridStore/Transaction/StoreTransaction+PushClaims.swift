//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

extension StoreTransaction {
    /// Takes messages off the queue of pushes, to be sent at once by `owner`.
    ///
    /// Whatever it takes counts as tried, so a process that dies over it tells at most once more: when its lease is over,
    /// another attempt is made under the same name. The rules:
    /// - Channels take turns, those with something urgent first; one that rests gets none.
    /// - A mailbox has as many messages on their way as it has workers.
    /// - What happened to an assignment is told in its order: the next thing when the one before is settled, or with it.
    /// - A robot gets as many messages as it takes in a minute.
    /// - A receiver that failed is tried with one message; the others wait, and hold up no worker meanwhile.
    ///
    /// - Parameters:
    ///   - owner: The process and its run.
    ///   - now: The time now.
    ///   - leaseMilliseconds: How long nobody else sends them, in milliseconds; longer than an attempt may take.
    ///   - limit: How many messages at most.
    ///   - name: Makes names of messages that were never given.
    ///   - workers: How many workers a mailbox has.
    package func claimPushes(
        owner: String,
        now: Instant,
        leaseMilliseconds: Int64,
        limit: Int,
        name: () -> String,
        workers: (_ mailbox: String) -> Int
    ) throws -> [PushMessage] {
        try releaseOverdue(now, leaseMilliseconds)
        var onTheirWay = try Dictionary(
            connection.all(
                "SELECT mailbox, count(DISTINCT message) FROM push WHERE state = 'sending' GROUP BY mailbox",
                []
            ) { (try $0.text(0), Int(try $0.integer(1))) },
            uniquingKeysWith: +
        )
        var messages: [PushMessage] = []
        var channels = try dueChannels(now, limit: limit)
        // Rounds, so that no channel gets a second message before all have had a first one.
        while messages.count < limit, !channels.isEmpty {
            var ready: [PushChannel] = []
            for channel in channels where messages.count < limit {
                guard try !isBeingTried(channel) else { continue }
                let group = try nextGroup(of: channel, now) { onTheirWay[$0, default: 0] < workers($0) }
                guard let group, try takeTurn(channel, now) else { continue }
                onTheirWay[group.mailbox, default: 0] += 1
                let message = PushMessage(
                    id: group.message ?? name(),
                    channel: channel,
                    pushes: group.pushes,
                    titles: try titles(of: group.pushes, for: channel),
                    attempts: (group.pushes.map(\.attempts).max() ?? 0) + 1
                )
                for push in group.pushes {
                    try connection.run(
                        """
                        UPDATE push SET state = 'sending', message = ?, attempts = attempts + 1, leaseOwner = ?,
                            leaseUntil = ? WHERE n = ?
                        """,
                        [message.id, owner, now.milliseconds + leaseMilliseconds, push.n]
                    )
                }
                try connection.run("UPDATE pushChannel SET servedAt = ? WHERE n = ?", [now.milliseconds, channel.n])
                messages.append(message)
                ready.append(channel)
            }
            channels = ready
        }
        return messages
    }

    /// Writes what became of messages that `owner` sent; those that another process has taken over meanwhile stay its own.
    ///
    /// - Returns: How many messages were given up.
    package func settlePushes(_ outcomes: [PushOutcome], owner: String, now: Instant) throws -> Int {
        var givenUp = 0
        for outcome in outcomes {
            let known = try connection.first(
                """
                SELECT channel, max(attempts) FROM push WHERE message = ? AND state = 'sending' AND leaseOwner = ?
                GROUP BY channel
                """,
                [outcome.message, owner]
            ) { (channel: try $0.integer(0), attempts: Int(try $0.integer(1))) }
            // Its channel was removed meanwhile, or its lease was over.
            guard let known, let channel = try pushChannel(known.channel) else { continue }
            switch outcome.result {
            case .sent:
                try settle(outcome.message, .sent, error: nil, now)
                try endRest(channel)
            case .refused(let error):
                givenUp += 1
                try settle(outcome.message, .givenUp, error: error, now)
            case .declined(let error):
                givenUp += try putBack(outcome.message, after: known.attempts, error: error, atLeast: 0, now) ? 0 : 1
            case .failed(let error, let rest):
                givenUp +=
                    try putBack(outcome.message, after: known.attempts, error: error, atLeast: rest ?? 0, now) ? 0 : 1
                try letRest(channel, said: rest, now)
            }
        }
        return givenUp
    }

    // MARK: Inside

    private struct Group {
        var mailbox: String
        var message: String?
        var pushes: [Push]
    }

    /// How many pushes go into one message at most; people are shown the first of them and how many there are.
    private static let largestMessage = 200

    /// Puts back what nobody sends any more: its process died. A lease that reaches further ahead than two leases last was
    /// given before the clock was put back.
    private func releaseOverdue(_ now: Instant, _ leaseMilliseconds: Int64) throws {
        let bounds: [any Bindable] = [now.milliseconds, now.milliseconds + 2 * leaseMilliseconds]
        let condition = "state = 'sending' AND (leaseUntil <= ?1 OR leaseUntil > ?2)"
        try connection.run(
            """
            UPDATE push SET state = 'givenUp', error = 'interrupted', settledAt = ?1
            WHERE \(condition) AND attempts >= \(PushPatience.attempts)
            """,
            bounds
        )
        try connection.run(
            """
            UPDATE push SET state = 'waiting', error = 'interrupted', leaseOwner = NULL, leaseUntil = NULL
            WHERE \(condition)
            """,
            bounds
        )
    }

    /// The channels that have something to tell now, those with something urgent first, then whose turn is longest ago.
    private func dueChannels(_ now: Instant, limit: Int) throws -> [PushChannel] {
        let due = "FROM push WHERE channel = c.n AND state = 'waiting' AND notBefore <= ?1"
        return try connection.all(
            """
            SELECT \(PushChannel.columns) WHERE c.restsUntil <= ?1 AND EXISTS (SELECT 1 \(due))
            ORDER BY EXISTS (SELECT 1 \(due) AND isUrgent) DESC, c.servedAt, c.n LIMIT ?2
            """,
            // More than can be sent, since of some the workers are busy.
            [now.milliseconds, 8 * limit],
            PushChannel.init(row:)
        )
    }

    /// What a channel tells next in one message; nil when it has to wait.
    private func nextGroup(
        of channel: PushChannel,
        _ now: Instant,
        hasWorker: (_ mailbox: String) -> Bool
    ) throws -> Group? {
        let rows = try connection.all(
            """
            SELECT \(Push.columns), mailbox, message FROM push
            WHERE channel = ? AND state = 'waiting' AND notBefore <= ? ORDER BY isUrgent DESC, n LIMIT ?
            """,
            [channel.n, now.milliseconds, Self.largestMessage]
        ) { (push: try Push(row: $0), mailbox: try $0.text(13), message: $0.textIfAny(14)) }
        var group: Group?
        var members: Set<Int64> = []
        // In the order in which things happened, but for what is urgent: with it begins what goes first.
        let first = rows.first { $0.push.notice.isUrgent }?.push.notice.assignment
        let ordered = rows.sorted { one, other in
            let (isFirst, isOther) = (one.push.notice.assignment == first, other.push.notice.assignment == first)
            return isFirst == isOther ? one.push.n < other.push.n : isFirst
        }
        for row in ordered where group == nil || row.message == nil {
            // By induction all that came before: what is before a member is one, or settled.
            if let before = try openBefore(row.push), !members.contains(before) { continue }
            if group == nil {
                guard hasWorker(row.mailbox) else { continue }
                group = Group(mailbox: row.mailbox, message: row.message, pushes: [])
                if let message = row.message {
                    // Another attempt: just what it told the last time.
                    group?.pushes = try pushes(waitingIn: message)
                    break
                }
            }
            group?.pushes.append(row.push)
            members.insert(row.push.n)
            if !channel.combines { break }
        }
        group?.pushes.sort { $0.n < $1.n }
        return group
    }

    private func pushes(waitingIn message: String) throws -> [Push] {
        try connection.all(
            "SELECT \(Push.columns) FROM push WHERE message = ? AND state = 'waiting'",
            [message],
            Push.init(row:)
        )
    }

    /// The number of the last thing before a push that its channel is still to tell of the same assignment; nil when it has
    /// told all of them.
    private func openBefore(_ push: Push) throws -> Int64? {
        try connection.first(
            "SELECT max(n) FROM push WHERE channel = ? AND assignment = ? AND settledAt IS NULL AND n < ?",
            [push.channel, push.notice.assignment.text, push.n]
        ) { $0.integerIfAny(0) } ?? nil
    }

    /// Counts a message for a robot that takes so many in a minute; has it rest when it has had them.
    private func takeTurn(_ channel: PushChannel, _ now: Instant) throws -> Bool {
        guard channel.kind == .wecom else { return true }
        let window = RateWindow.robot
        try connection.run(
            "DELETE FROM pushTurn WHERE address = ? AND at <= ?",
            [channel.address, now.milliseconds - window.milliseconds]
        )
        let turns = try connection.all("SELECT at FROM pushTurn WHERE address = ?", [channel.address]) {
            try $0.instant(0)
        }
        if let next = window.nextTurn(after: turns, now: now) {
            try connection.run(
                "UPDATE pushChannel SET restsUntil = max(restsUntil, ?) WHERE address = ?",
                [next.milliseconds, channel.address]
            )
            return false
        }
        try connection.run("INSERT INTO pushTurn (address, at) VALUES (?, ?)", [channel.address, now.milliseconds])
        return true
    }

    private func titles(of pushes: [Push], for channel: PushChannel) throws -> [AssignmentID: String] {
        guard channel.hasTitle else { return [:] }
        var titles: [AssignmentID: String] = [:]
        for assignment in Set(pushes.map(\.notice.assignment)) {
            titles[assignment] = try order(assignment.order)?.title
        }
        return titles
    }

    private func settle(_ message: String, _ state: Push.State, error: String?, _ now: Instant) throws {
        try connection.run(
            """
            UPDATE push SET state = ?, error = ?, settledAt = ?, leaseOwner = NULL, leaseUntil = NULL WHERE message = ?
            """,
            [state.rawValue, error, now.milliseconds, message]
        )
    }

    /// Puts a message back for another attempt, or gives it up when that was the last one.
    ///
    /// - Returns: Whether there will be another.
    private func putBack(
        _ message: String,
        after attempts: Int,
        error: String,
        atLeast rest: Int64,
        _ now: Instant
    ) throws -> Bool {
        guard let pause = PushPatience.pause(after: attempts) else {
            try settle(message, .givenUp, error: error, now)
            return false
        }
        try connection.run(
            """
            UPDATE push SET state = 'waiting', error = ?, notBefore = ?, leaseOwner = NULL, leaseUntil = NULL
            WHERE message = ?
            """,
            [error, now.milliseconds + max(pause, rest), message]
        )
        return true
    }

    // MARK: Receivers that fail

    /// The channels of the same receiver: of an address, or of the one gateway for short messages.
    private static let sameReceiver = "kind = ?1 AND (kind = 'sms' OR address = ?2)"

    /// Has a receiver rest that failed. Of several failures at a time, which one trouble caused, one counts.
    private func letRest(_ channel: PushChannel, said: Int64?, _ now: Instant) throws {
        let whose: [any Bindable] = [channel.kind.rawValue, channel.address, now.milliseconds]
        try connection.run(
            "UPDATE pushChannel SET failures = failures + 1 WHERE restsUntil <= ?3 AND \(Self.sameReceiver)",
            whose
        )
        let failures = try connection.number("SELECT failures FROM pushChannel WHERE n = ?", [channel.n])
        let until = now.milliseconds + max(said ?? 0, PushPatience.rest(after: failures))
        try connection.run(
            "UPDATE pushChannel SET restsUntil = max(restsUntil, ?3) WHERE \(Self.sameReceiver)",
            [channel.kind.rawValue, channel.address, until]
        )
    }

    /// Notes that a receiver takes messages again.
    private func endRest(_ channel: PushChannel) throws {
        try connection.run(
            "UPDATE pushChannel SET failures = 0, restsUntil = 0 WHERE failures > 0 AND \(Self.sameReceiver)",
            [channel.kind.rawValue, channel.address]
        )
    }

    /// Whether a receiver that failed is being tried: until it is known what comes of that, nobody else is kept waiting for it.
    private func isBeingTried(_ channel: PushChannel) throws -> Bool {
        guard channel.failures > 0 else { return false }
        return try connection.number(
            """
            SELECT EXISTS (
                SELECT 1 FROM push CROSS JOIN pushChannel AS other ON other.n = push.channel
                WHERE push.state = 'sending' AND other.kind = ?1 AND (other.kind = 'sms' OR other.address = ?2)
            )
            """,
            [channel.kind.rawValue, channel.address]
        ) == 1
    }
}
