//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
package import GridRuntime
package import GridStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Looks through the history as it grows and queues what somebody is to be told.
///
/// The chain pays nothing for it: what happened is read beside the writer, and only where somebody is to be told is anything
/// written, with the place in the history in the same transaction. So each line is told once, whatever dies when.
package final class PushPlanner: Service {
    /// How many lines are looked at in one go.
    static let stretch = 500
    /// After how many lines of which nobody is told the place is written all the same.
    static let unwritten: Int64 = 2_000
    /// How long to wait between two looks: a busy node commits hundreds of times a second.
    static let pause = Duration.milliseconds(50)
    /// How often what is old is given up and forgotten, in milliseconds.
    static let sweepInterval: Int64 = 600_000

    private let store: StateFile
    private let organizations = OrganizationCache()
    private let zone: OfficeZone
    private let clock: WallClock
    /// Notified when something may be sent.
    private let due: Signal
    private let logger: Logger
    /// How far was looked in this run; nil before the first look.
    private let place = Mutex<Int64?>(nil)
    private let sweptAt = Mutex<Instant?>(nil)

    /// Creates a planner.
    ///
    /// - Parameters:
    ///   - zone: By whose clocks hours are quiet.
    ///   - due: Notified when something may be sent.
    package init(store: StateFile, zone: OfficeZone, clock: WallClock, due: Signal, logger: Logger) {
        self.store = store
        self.zone = zone
        self.clock = clock
        self.due = due
        self.logger = logger
    }

    /// Plans until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        let changed = Signal()
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                let changes = try store.changes()
                group.addTask {
                    for await _ in changes { changed.notify() }
                }
                while !Task.isCancelled, !stopping.isSet {
                    try await StoreTrouble.riddenOut(
                        until: stopping,
                        saying: "The state file could not be read for pushes; trying again",
                        to: logger
                    ) {
                        while try await plan(), !stopping.isSet {}
                        try await sweep()
                    }
                    if stopping.isSet { break }
                    await changed.wait()
                    _ = try await stopping.race { try await Task.sleep(for: Self.pause) }
                }
                group.cancelAll()
            }
        } onGracefulShutdown: {
            stopping.set()
            changed.notify()
        }
    }

    /// Plans a stretch of the history.
    ///
    /// - Returns: Whether there may be more.
    func plan() async throws -> Bool {
        let now = clock.now
        let known = place.withLock(\.self)
        let store = store
        let seen = try await store.read { [self] store in try look(in: store, after: known, now) }
        guard let look = seen else { return false }
        if !look.drafts.isEmpty || look.end - look.written >= Self.unwritten {
            _ = try await settled {
                try await store.write { store in
                    let count = try store.queuePushes(look.drafts)
                    try store.notePushedLine(look.end)
                    return count
                }
            }
        }
        place.withLock { $0 = look.end }
        if look.isDue || !look.drafts.isEmpty { due.notify() }
        return look.hasMore
    }

    private struct Look: Sendable {
        var drafts: [PushDraft]
        /// The place in the file, and the one that was reached.
        var written: Int64
        var end: Int64
        var hasMore: Bool
        var isDue: Bool
    }

    /// Reads on; nil where nobody wants to be told anything, or there is no organization.
    private func look(in store: StoreReader, after known: Int64?, _ now: Instant) throws -> Look? {
        guard try store.hasPushChannels(),
            let organization = try organizations.organization(in: store)?.organization
        else { return nil }
        let written = try store.pushedLine()
        // The first channel of all, added meanwhile, sets the place.
        let stretch = try store.history(after: max(written, known ?? written), limit: Self.stretch)
        var channels: [PostAddress: [PushChannel]] = [:]
        var drafts: [PushDraft] = []
        for line in stretch.lines {
            guard let notice = try notice(of: line, in: store, organization),
                let mailbox = organization.mailbox(of: notice.post)
            else { continue }
            if channels[notice.post] == nil { channels[notice.post] = try store.pushChannels(of: notice.post, at: now) }
            for channel in channels[notice.post] ?? [] {
                let wait = channel.timing.wait(isUrgent: notice.isUrgent, at: zone.timeOfDay(at: now))
                drafts.append(
                    PushDraft(
                        channel: channel.n,
                        line: line.line.n,
                        notice: notice,
                        mailbox: mailbox.name,
                        at: line.line.at,
                        notBefore: now.adding(milliseconds: wait)
                    )
                )
            }
        }
        return Look(
            drafts: drafts,
            written: written,
            end: stretch.end,
            hasMore: try stretch.end < store.newestHistoryLine(),
            isDue: try store.hasDuePush(at: now)
        )
    }

    private func notice(
        of line: HistoryStretch.Line,
        in store: StoreReader,
        _ organization: Organization
    ) throws -> PushNotice? {
        let entry = HistoryEntry(line.line)
        guard PushNotice.concernsSomebody(entry.event) else { return nil }
        return PushNotice(
            entry,
            on: line.post == nil ? nil : try store.assignment(entry.assignment),
            of: try store.order(entry.assignment.order),
            in: organization
        )
    }

    /// Gives up what is too late and forgets what is long over, now and then.
    private func sweep() async throws {
        let now = clock.now
        let isTime = sweptAt.withLock { last in
            if let last, abs(now.milliseconds - last.milliseconds) < Self.sweepInterval { return false }
            last = now
            return true
        }
        guard isTime else { return }
        let late = try await store.write { try $0.sweepPushes(at: now, limit: 10_000) }
        if late > 0 {
            logger.warning("Pushes waited for days and were given up", metadata: [LogKey.count: "\(late)"])
        }
    }
}

extension HistoryEntry {
    fileprivate init(_ line: HistoryLine) {
        self.init(
            assignment: line.assignment,
            event: line.event,
            at: line.at,
            actor: line.actor,
            leg: line.leg,
            note: line.note,
            cause: line.cause
        )
    }
}
