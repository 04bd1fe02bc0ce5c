//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CoreMetrics
import GridModel
package import GridStore
import GridTraces
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
    private let metrics: NodeMetrics
    private let tracer: Tracer?
    private let logger: Logger

    /// Creates a timekeeper.
    ///
    /// - Parameter tracer: Keeps the spans of timers; nil where nobody traces.
    package init(
        store: StateFile,
        outbox: Outbox,
        organizations: OrganizationCache,
        clock: WallClock,
        signal: Signal,
        metrics: NodeMetrics,
        tracer: Tracer?,
        logger: Logger
    ) {
        self.store = store
        self.outbox = outbox
        self.organizations = organizations
        self.clock = clock
        self.signal = signal
        self.metrics = metrics
        self.tracer = tracer
        self.logger = logger
    }

    /// Keeps time until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                do {
                    if let limit = try await timeUntilNext() {
                        await signal.wait(atMost: limit)
                    } else if try await !settled({ try await fireDue() }) {
                        await signal.wait(atMost: Self.longestSleep)
                    }
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

    /// How long to sleep; nil when something is due already.
    private func timeUntilNext() async throws -> Duration? {
        let now = clock.now
        let (next, isAstray) = try await store.read { store in
            (try store.nextWakeUp(), try store.hasParked(beyond: MessageHandler.beyondPatience(at: now)))
        }
        guard let next, !isAstray else { return isAstray ? nil : Self.longestSleep }
        let milliseconds = next.milliseconds - now.milliseconds
        return milliseconds > 0 ? min(Self.longestSleep, .milliseconds(milliseconds)) : nil
    }

    /// Fires what is due, as far as it fits, in one transaction; false when there is no organization to do it under.
    private func fireDue() async throws -> Bool {
        let lease = outbox.lease(at: clock.now)
        let done = try await store.write { store -> (rows: [OutboxRow], spans: [Span], fired: Int)? in
            guard let organization = try organizations.organization(in: store)?.organization else { return nil }
            let handler = MessageHandler(organization: organization, clock: clock, logger: logger)
            var outgoing: [StoredMessage] = []
            let trace = tracer.map(TraceScope.init)
            let due = try store.dueTimers(now: clock.now, limit: Self.batchSize)
            for firing in due {
                outgoing += try handler.fire(firing, in: store, trace: trace)
            }
            outgoing += try handler.giveUpParked(limit: Self.batchSize, in: store)
            let ids = try store.enqueue(outgoing, lease: lease, at: clock.now)
            return (zip(ids, outgoing).map { OutboxRow(id: $0, message: $1) }, trace?.spans ?? [], due.count)
        }
        guard let done else { return false }
        tracer?.finish(done.spans)
        metrics.timersFired.increment(by: Int64(done.fired))
        outbox.handOver(done.rows, leased: lease != nil)
        return true
    }
}
