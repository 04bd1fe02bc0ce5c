//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
package import GridStore
package import Logging
import ServiceLifecycle

/// Forgets messages that were handled long ago, so that the inbox does not grow for ever.
///
/// What a broker delivers again comes as soon as its mailbox is served, and what a sender sends again as soon as it runs; so
/// it looks only after the mailboxes have been served for a while, and what is forgotten is older than a node is ever away.
package struct InboxKeeper: Service {
    /// How often it looks, and how long the mailboxes have been served when it looks for the first time.
    static let interval = Duration.seconds(3_600)
    /// How long a message is remembered: 90 days, in milliseconds.
    static let memory: Int64 = 90 * 86_400_000
    /// The most messages that one transaction forgets, so that those that arrive do not wait for it.
    static let chunk = 500

    private let store: StateFile
    private let readiness: Readiness
    private let interval: Duration
    private let clock: WallClock
    private let logger: Logger

    /// Creates a keeper.
    ///
    /// - Parameter readiness: Tells when the mailboxes are served.
    package init(
        store: StateFile,
        readiness: Readiness,
        interval: Duration = Self.interval,
        clock: WallClock,
        logger: Logger
    ) {
        self.store = store
        self.readiness = readiness
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Keeps the inbox until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                _ = try await stopping.race { try await keep() }
            }
        } onGracefulShutdown: {
            stopping.set()
        }
    }

    /// Rests, and looks once.
    private func keep() async throws {
        await readiness.waitUntilServed()
        let (before, start) = (clock.now, ContinuousClock.now)
        try await Task.sleep(for: interval)
        let now = clock.now
        // A clock that was put ahead would have everything forgotten, what is on its way too.
        let ahead = now.milliseconds - before.milliseconds - Int64((.now - start) / .milliseconds(1))
        guard ahead < Int64(Self.interval / .milliseconds(1)) else {
            return logger.warning(
                "The clock was put ahead; nothing is forgotten before it has gone on for an hour",
                metadata: [LogKey.reason: "ahead by \(ahead / 1_000) s"]
            )
        }
        do {
            try await forget(before: now.adding(milliseconds: -Self.memory))
        } catch let error as StoreError {
            logger.warning("Old messages could not be forgotten; trying again in an hour", error: error)
        }
    }

    private func forget(before instant: Instant) async throws {
        var count = 0
        var forgotten: Int
        repeat {
            forgotten = try await store.write { try $0.forgetInbox(before: instant, limit: Self.chunk) }
            count += forgotten
        } while forgotten == Self.chunk
        if count > 0 { logger.info("Forgot messages handled long ago", metadata: [LogKey.count: "\(count)"]) }
    }
}
