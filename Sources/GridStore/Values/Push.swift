//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Something that one channel tells: a row of the queue.
package struct Push: Sendable, Hashable {
    /// Where a push stands.
    package enum State: String, Sendable, Codable, CaseIterable {
        /// Waiting for its time, or for another attempt.
        case waiting
        /// On its way; after a crash it is known only when its lease is over that nobody sends it.
        case sending
        /// Taken by the receiver.
        case sent
        /// Refused, or tried too often.
        case givenUp
    }

    /// The row's number.
    package var n: Int64
    /// The channel's number.
    package var channel: Int64
    /// What is told.
    package var notice: PushNotice
    /// When it happened.
    package var at: Instant
    /// Before when it is not sent (again).
    package var notBefore: Instant
    /// Where it stands.
    package var state: State
    /// How often it was tried.
    package var attempts: Int
    /// What kept the last attempt from being taken, in a word; nil when nothing did.
    package var error: String?
    /// When it was sent or given up.
    package var settledAt: Instant?

    /// Creates a row.
    package init(
        n: Int64,
        channel: Int64,
        notice: PushNotice,
        at: Instant,
        notBefore: Instant,
        state: State,
        attempts: Int,
        error: String? = nil,
        settledAt: Instant? = nil
    ) {
        self.n = n
        self.channel = channel
        self.notice = notice
        self.at = at
        self.notBefore = notBefore
        self.state = state
        self.attempts = attempts
        self.error = error
        self.settledAt = settledAt
    }
}

/// A push that is to be queued.
package struct PushDraft: Sendable, Hashable {
    /// The channel's number.
    package var channel: Int64
    /// The line of history that it tells of.
    package var line: Int64
    /// What is told.
    package var notice: PushNotice
    /// The mailbox whose workers send it.
    package var mailbox: String
    /// When it happened.
    package var at: Instant
    /// Before when it is not sent.
    package var notBefore: Instant

    /// Creates a draft.
    package init(
        channel: Int64,
        line: Int64,
        notice: PushNotice,
        mailbox: String,
        at: Instant,
        notBefore: Instant
    ) {
        self.channel = channel
        self.line = line
        self.notice = notice
        self.mailbox = mailbox
        self.at = at
        self.notBefore = notBefore
    }
}

/// One message that a process is to send: a push, or several of one channel.
package struct PushMessage: Sendable, Hashable {
    /// Names the message for the receiver, the same at each attempt.
    package var id: String
    /// Where it goes.
    package var channel: PushChannel
    /// What it tells, oldest first.
    package var pushes: [Push]
    /// The titles of the orders that are told of, where the channel has titles.
    package var titles: [AssignmentID: String]
    /// How often it was tried, this attempt included.
    package var attempts: Int

    /// Creates a message.
    package init(
        id: String,
        channel: PushChannel,
        pushes: [Push],
        titles: [AssignmentID: String],
        attempts: Int
    ) {
        self.id = id
        self.channel = channel
        self.pushes = pushes
        self.titles = titles
        self.attempts = attempts
    }
}

/// What became of a message.
package struct PushOutcome: Sendable, Hashable {
    /// What the receiver did.
    package enum Result: Sendable, Hashable {
        /// Took it.
        case sent
        /// Did not take this one now, why, in a word; it may take others.
        case declined(String)
        /// Failed, or takes nothing now.
        ///
        /// - Parameters:
        ///   - error: Why, in a word.
        ///   - rest: For how long nothing is to be sent to the address, in milliseconds, where it said so.
        case failed(String, rest: Int64?)
        /// Will never take it: why, in a word.
        case refused(String)
    }

    /// The message's name.
    package var message: String
    /// What the receiver did.
    package var result: Result

    /// Creates an outcome.
    package init(message: String, result: Result) {
        self.message = message
        self.result = result
    }
}

/// How the queue of pushes stands.
package struct PushFigures: Sendable, Hashable {
    /// How many wait, or are on their way; counted up to a bound.
    package var waiting: Int
    /// Since when the oldest that is due waits; nil when none is due.
    package var oldestDue: Instant?
    /// How many were given up and are remembered.
    package var givenUp: Int
}
