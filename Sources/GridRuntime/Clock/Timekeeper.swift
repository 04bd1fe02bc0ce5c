//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
package import GridStore
package import Logging
import ServiceLifecycle

/// Fires timers and gives up messages that waited too long, both kept in the state file, so that they survive restarts
/// and any process may see to them.
package struct Timekeeper: Service {
    /// The most timers in one transaction.
    static let batchSize = 200
    /// The longest sleep: a clock that is set forward is noticed after that time at most.
    static let longestSleep = Duration.seconds(30)
    /// How long to wait before a state file that was full or busy is tried again.
    static let storePause = Duration.seconds(1)

    private let store: StateFile
    private let outbox: Outbox
    private let organizations: OrganizationCache
    private let clock: WallClock
    /// Notified when another timer may have become the next one.
    private let signal: Signal
    private let logger: Logger

    /// Creates a timekeeper.
    package init(
        store: StateFile,
        outbox: Outbox,
        organizations: OrganizationCache,
        clock: WallClock,
        signal: Signal,
        logger: Logger
    ) {
        self.store = store
        self.outbox = outbox
        self.organizations = organizations
        self.clock = clock
        self.signal = signal
        self.logger = logger
    }

    /// Keeps time until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                do {
                    try await settled { try await fireAllDue() }
                    try await sleepUntilNext()
                } catch let error as StoreError where error.code == .busy || error.code == .full {
                    logger.error("The state file could not be written; trying again", error: error)
                    _ = try await stopping.race { try await Task.sleep(for: Self.storePause) }
                }
            }
        } onGracefulShutdown: {
            stopping.set()
            signal.notify()
        }
    }

    private func sleepUntilNext() async throws {
        var limit = Self.longestSleep
        if let next = try await store.read({ try $0.nextWakeUp() }) {
            limit = min(limit, .milliseconds(max(0, next.milliseconds - clock.now.milliseconds)))
        }
        if limit > .zero { await signal.wait(atMost: limit) }
    }

    private func fireAllDue() async throws {
        while try await fireDue() == Self.batchSize {}
    }

    /// Fires what is due in one transaction, and returns how many rows that were.
    func fireDue() async throws -> Int {
        let lease = outbox.lease(at: clock.now)
        let (count, rows) = try await store.write { store -> (Int, [OutboxRow]) in
            guard let organization = try organizations.organization(in: store)?.organization else {
                return (0, [])
            }
            let handler = MessageHandler(organization: organization, clock: clock, logger: logger)
            let firings = try store.dueTimers(now: clock.now, limit: Self.batchSize)
            let expired = try store.takeExpiredParked(now: clock.now, limit: Self.batchSize)
            var outgoing: [StoredMessage] = []
            for firing in firings { outgoing += try handler.fire(firing, in: store) }
            for message in expired { outgoing += handler.giveUp(message) }
            let ids = try store.enqueue(outgoing, lease: lease, at: clock.now)
            return (max(firings.count, expired.count), zip(ids, outgoing).map { OutboxRow(id: $0, message: $1) })
        }
        outbox.handOver(rows, leased: lease != nil)
        return count
    }
}
