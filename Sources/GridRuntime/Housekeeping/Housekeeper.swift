//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
package import GridStore
package import Logging
import ServiceLifecycle

/// Keeps the state file from growing for ever: messages handled long ago are forgotten, and the history of orders that were over
/// long ago goes into the archive.
///
/// It looks only after the mailboxes have been served for a while: what was sent again meanwhile has arrived by then.
package struct Housekeeper: Service {
    /// How often it looks, and how long the mailboxes have been served when it looks for the first time.
    static let interval = Duration.seconds(3_600)

    private let chores: [any Chore]
    private let readiness: Readiness
    private let interval: Duration
    private let clock: WallClock
    private let logger: Logger

    /// Creates a housekeeper.
    ///
    /// - Parameters:
    ///   - archiveAge: How many days nothing has happened to an order whose history is archived; nil to archive none.
    ///   - readiness: Tells when the mailboxes are served.
    package init(
        store: StateFile,
        archiveAge: Int?,
        readiness: Readiness,
        interval: Duration = Self.interval,
        clock: WallClock,
        logger: Logger
    ) {
        let archiving = archiveAge.map { [HistoryArchiving(store: store, days: $0)] } ?? []
        chores = [InboxPruning(store: store)] + archiving
        self.readiness = readiness
        self.interval = interval
        self.clock = clock
        self.logger = logger
    }

    /// Keeps house until the task is cancelled or told to stop.
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
                "The clock was put ahead; nothing is forgotten or archived before it has gone on for an hour",
                metadata: [LogKey.reason: "ahead by \(ahead / 1_000) s"]
            )
        }
        for chore in chores {
            do {
                let count = try await chore.run(at: now)
                if count > 0 { logger.info("\(chore.name)", metadata: [LogKey.count: "\(count)"]) }
            } catch let error as StoreError {
                logger.warning("\(chore.name): not done, and tried again in an hour", error: error)
            }
        }
    }
}
