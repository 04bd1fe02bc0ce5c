//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GRDB
package import GridModel

extension StoreTransaction {
    /// How long what was sent is remembered, in milliseconds.
    package static let pushMemory: Int64 = 7 * 86_400_000
    /// How long what was given up is remembered, in milliseconds.
    package static let givenUpPushMemory: Int64 = 30 * 86_400_000

    // MARK: Channels

    /// Adds a channel; its number is given here. The first one has nobody told what happened before it.
    ///
    /// - Returns: Its number.
    package func addPushChannel(_ channel: PushChannel) throws -> Int64 {
        if try !hasPushChannels() { try notePushedLine(newestHistoryLine()) }
        var (person, post): (Int64?, String?) = (nil, nil)
        switch channel.owner {
        case .person(let n, _): person = n
        case .post(let address): post = address.text
        }
        try connection.run(
            """
            INSERT INTO pushChannel
                (person, post, kind, address, secret, language, hasTitle, quietFrom, quietTo, digestMinutes, createdAt)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                person, post, channel.kind.rawValue, channel.address, channel.secret, channel.language,
                channel.hasTitle, channel.timing.quiet?.from, channel.timing.quiet?.to, channel.timing.digestMinutes,
                channel.createdAt.milliseconds,
            ]
        )
        return connection.db.lastInsertedRowID
    }

    /// Removes a channel with what it has not told yet; what is on its way arrives all the same.
    ///
    /// - Returns: false when there was none of that number.
    package func removePushChannel(_ n: Int64) throws -> Bool {
        try connection.run("DELETE FROM push WHERE channel = ?", [n])
        try connection.run("DELETE FROM pushChannel WHERE n = ?", [n])
        return connection.db.changesCount > 0
    }

    // MARK: The queue

    /// Notes up to which line of history it is known whom to tell.
    package func notePushedLine(_ line: Int64) throws {
        try connection.run("UPDATE node SET pushedLine = max(pushedLine, ?) WHERE n = 1", [line])
    }

    /// Queues pushes: each once for a channel and a line, and an urge not when one on the same matter was just told.
    ///
    /// What is urgent takes along what the same channel is still to tell of the same assignment, so that the order in
    /// which things happened is the order in which they are told.
    ///
    /// - Returns: How many were queued.
    package func queuePushes(_ drafts: [PushDraft]) throws -> Int {
        var count = 0
        for draft in drafts where try !isRepeatedUrge(draft) && hasChannel(draft.channel) {
            try connection.run(
                """
                INSERT INTO push
                    (channel, line, post, mailbox, assignment, kind, isUrgent, dueAt, at, notBefore, state)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting') ON CONFLICT DO NOTHING
                """,
                [
                    draft.channel, draft.line, draft.notice.post.text, draft.mailbox, draft.notice.assignment.text,
                    draft.notice.kind.rawValue, draft.notice.isUrgent, draft.notice.dueAt?.milliseconds,
                    draft.at.milliseconds, draft.notBefore.milliseconds,
                ]
            )
            guard connection.db.changesCount > 0 else { continue }
            count += 1
            guard draft.notice.isUrgent else { continue }
            try connection.run(
                """
                UPDATE push SET notBefore = min(notBefore, ?)
                WHERE channel = ? AND assignment = ? AND settledAt IS NULL AND state = 'waiting' AND attempts = 0
                """,
                [draft.notBefore.milliseconds, draft.channel, draft.notice.assignment.text]
            )
        }
        return count
    }

    private func isRepeatedUrge(_ draft: PushDraft) throws -> Bool {
        guard draft.notice.kind == .urged else { return false }
        return try connection.number(
            """
            SELECT EXISTS (
                SELECT 1 FROM push
                WHERE channel = ? AND assignment = ? AND kind = 'urged' AND +line < ? AND at BETWEEN ? AND ?
            )
            """,
            [
                draft.channel, draft.notice.assignment.text, draft.line,
                draft.at.milliseconds - PushNotice.urgePause, draft.at.milliseconds,
            ]
        ) == 1
    }

    private func hasChannel(_ n: Int64) throws -> Bool {
        try connection.number("SELECT EXISTS (SELECT 1 FROM pushChannel WHERE n = ?)", [n]) == 1
    }

    /// Gives up what has waited too long, and forgets what was settled long ago.
    ///
    /// - Parameter limit: How many rows of a kind at most.
    /// - Returns: How many were given up.
    package func sweepPushes(at now: Instant, limit: Int) throws -> Int {
        try connection.run(
            """
            UPDATE push SET state = 'givenUp', error = coalesce(error, 'too-late'), settledAt = ?1 WHERE n IN (
                SELECT n FROM push WHERE state = 'waiting' AND notBefore < ?2 AND at < ?2 LIMIT ?3
            )
            """,
            [now.milliseconds, now.milliseconds - PushPatience.longestWait, limit]
        )
        let late = connection.db.changesCount
        try connection.run(
            """
            DELETE FROM push WHERE n IN (
                SELECT n FROM push WHERE settledAt IS NOT NULL AND settledAt < ?1 AND (state = 'sent' OR settledAt < ?2)
                LIMIT ?3
            )
            """,
            [
                now.milliseconds - Self.pushMemory, now.milliseconds - Self.givenUpPushMemory, limit,
            ]
        )
        return late
    }
}
