//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore
import Synchronization

/// What a process has in hand of each mailbox, and has handled: counted by the mailbox loop, told by the registry.
package final class WorkerGauge: Sendable {
    /// Deliveries of one mailbox that came, or were handled, together.
    struct Portion: Sendable, Hashable {
        var count: Int
        /// When the first and the last of them were sent, as far as they say it.
        var firstTime: String?
        var lastTime: String?
    }

    private struct Count {
        var handled = 0
        var held = 0
        /// Since when it has held something; nil while it holds nothing.
        var heldSince: ContinuousClock.Instant?
        var busy = Duration.zero
        /// When the oldest message that it holds was sent, as the message says it; once some were handled, when the last of
        /// those was: what comes next was sent about then or later.
        var oldestTime: String?
        /// What was measured last: messages handled in a minute, and the share of the time in which some was in hand.
        var measured = (perMinute: 0.0, busy: 0.0)

        mutating func settle(at now: ContinuousClock.Instant) {
            guard let since = heldSince else { return }
            busy += now - since
            heldSince = held > 0 ? now : nil
        }
    }

    /// How far a process has come with what is wanted of it.
    package struct Progress: Sendable, Hashable {
        /// The version of the desired state that has been carried out.
        package var applied: Int
        /// The version up to which everything that is not its own has been given up, what was held of it included.
        package var released: Int
        /// Whether the process is subscribed to what it is to serve, as far as others have released it; it may be nothing,
        /// when it is drained.
        package var isServing: Bool
    }

    private struct State {
        var plan = SubscriptionPlan()
        var version = 0
        /// Whether there are subscriptions, or may be any moment.
        var isActive = false
        /// Whether there is something of its own that others have not released yet.
        var isAwaiting = false
        /// The last version by which everything that is not its own has been given up.
        var released = 0
        /// Grows whenever a subscription is made or ended.
        var generation = 0
        /// Whose subscriptions are being changed.
        var changing: Set<String> = []
        var isServing = false
        /// Given up while messages of them were in hand.
        var leaving: Set<String> = []
        /// The last version that has been carried out, what was in hand included.
        var settled = 0
        var counts: [String: Count] = [:]
        /// How much is held of all mailboxes together.
        var held = 0
        /// When something was handled last, or held again after nothing was.
        var progress = ContinuousClock.now
        var writing = Duration.zero
        /// The share of the time in which transactions were written, as measured last.
        var busy = 0.0
        var since = ContinuousClock.now

        /// - Returns: Whether there is news.
        mutating func settleVersion() -> Bool {
            leaving = leaving.filter { counts[$0]?.held ?? 0 > 0 }
            guard leaving.isEmpty else { return false }
            let isNews = released != version || !isAwaiting && settled != version
            released = version
            if !isAwaiting { settled = version }
            return isNews
        }
    }

    private let state = Mutex(State())
    /// Tells that a version has been carried out or released, or that the process began or ceased to serve.
    let news = Signal()
    /// Tells that messages have arrived of a mailbox whose subscription is to be changed.
    let arrivals = Signal()

    /// Creates a gauge of a process that serves nothing yet.
    package init() {}

    /// How far the process has come; all of it at one moment.
    package var progress: Progress {
        state.withLock { state in
            Progress(
                applied: state.settled,
                released: state.isActive ? state.released : WorkerProcess.nothingHeld,
                isServing: state.isServing
            )
        }
    }

    /// The plan that is followed.
    package var plan: SubscriptionPlan { state.withLock(\.plan) }

    /// The generation of the subscriptions, if this process is subscribed to a mailbox; the same one later says that
    /// nothing has changed in between.
    func subscription(to mailbox: String) -> Int? {
        state.withLock { state in
            state.plan.shares[mailbox] == nil || state.changing.contains(mailbox) ? nil : state.generation
        }
    }

    // MARK: For the mailbox loop

    /// Notes that subscriptions are going to be made: from now on others have to wait until something is released.
    func begin() {
        state.withLock { ($0.isActive, $0.released) = (true, 0) }
    }

    /// Notes that the subscriptions are as a plan wants them.
    ///
    /// - Parameter isAwaiting: Whether the process has more of its own, which others have not released yet.
    func follow(_ plan: SubscriptionPlan, version: Int, isAwaiting: Bool = false) {
        let isNews = state.withLock { state in
            let left = state.plan.shares.keys.filter { plan.shares[$0] == nil }
            state.leaving.formUnion(left)
            state.leaving.subtract(plan.shares.keys)
            (state.isActive, state.isAwaiting) = (true, isAwaiting)
            (state.plan, state.version, state.changing) = (plan, version, [])
            state.generation += 1
            let begins = !state.isServing
            state.isServing = true
            return state.settleVersion() || begins
        }
        if isNews { news.notify() }
    }

    /// Notes that the subscriptions to some mailboxes are about to be changed.
    func beginChange(of mailboxes: Set<String>) {
        state.withLock { state in
            state.generation += 1
            state.changing.formUnion(mailboxes)
        }
    }

    /// Whether as many messages of each of some mailboxes are held as may be, so that none is on its way.
    func isFull(_ mailboxes: Set<String>) -> Bool {
        state.withLock { state in
            mailboxes.allSatisfy { state.counts[$0]?.held ?? 0 >= state.plan.shares[$0]?.window ?? 0 }
        }
    }

    /// Notes that the subscriptions, and all that was held, are gone with the channel, which the broker knows to be closed as
    /// far as it can be told.
    func forget() {
        let now = ContinuousClock.now
        state.withLock { state in
            for name in state.counts.keys {
                state.counts[name]?.held = 0
                state.counts[name]?.oldestTime = nil
                state.counts[name]?.settle(at: now)
            }
            state.held = 0
            state.plan = SubscriptionPlan()
            (state.leaving, state.changing, state.isServing) = ([], [], false)
            (state.isActive, state.isAwaiting) = (false, false)
            state.generation += 1
        }
        news.notify()
    }

    /// Notes deliveries.
    ///
    /// - Parameter messages: Those of each mailbox.
    func arrived(_ messages: [String: Portion]) {
        let now = ContinuousClock.now
        let isAwaited = state.withLock { state in
            if state.held == 0 { state.progress = now }
            for (name, news) in messages {
                state.held += news.count
                var gauge = state.counts[name] ?? Count()
                if gauge.held == 0 { gauge.oldestTime = news.firstTime }
                gauge.held += news.count
                gauge.heldSince = gauge.heldSince ?? now
                state.counts[name] = gauge
            }
            return messages.keys.contains { state.changing.contains($0) }
        }
        if isAwaited { arrivals.notify() }
    }

    /// Notes deliveries that were handled and acknowledged.
    ///
    /// - Parameters:
    ///   - messages: Those of each mailbox.
    ///   - duration: How long it took.
    func handled(_ messages: [String: Portion], in duration: Duration) {
        let now = ContinuousClock.now
        let isNews = state.withLock { state in
            state.writing += duration
            state.progress = now
            for (name, news) in messages {
                guard var gauge = state.counts[name] else { continue }
                gauge.handled += news.count
                let settled = min(gauge.held, news.count)
                gauge.held -= settled
                state.held -= settled
                gauge.oldestTime = gauge.held == 0 ? nil : news.lastTime ?? gauge.oldestTime
                if gauge.held == 0 { gauge.settle(at: now) }
                state.counts[name] = gauge
            }
            return state.settleVersion()
        }
        if isNews { news.notify() }
    }

    // MARK: For whoever looks after the process

    /// For how long messages have been held without one of them being handled; zero while none is held.
    func stalled(at now: ContinuousClock.Instant = .now) -> Duration {
        state.withLock { $0.held > 0 ? max(.zero, now - $0.progress) : .zero }
    }

    // MARK: For the registry

    /// Waits until there are no subscriptions, at most `limit`. Nobody else may wait for news meanwhile.
    func waitUntilIdle(atMost limit: Duration) async {
        let deadline = ContinuousClock.now + limit
        while state.withLock(\.isActive), .now < deadline { await news.wait(atMost: deadline - .now) }
    }

    /// Measures what was handled since this was last done, and begins anew.
    func measure() {
        let now = ContinuousClock.now
        state.withLock { state in
            let span = max(.milliseconds(1), now - state.since)
            for (name, var count) in state.counts {
                count.settle(at: now)
                count.measured = (Double(count.handled) / (span / .seconds(60)), min(1, count.busy / span))
                (count.handled, count.busy) = (0, .zero)
                state.counts[name] = count
            }
            state.busy = min(1, state.writing / span)
            (state.since, state.writing) = (now, .zero)
        }
    }

    /// What is held now, and what was measured last.
    var report: WorkerReport {
        let now = ContinuousClock.now
        return state.withLock { state in
            var report = WorkerReport(
                mailboxes: [],
                serving: state.plan.shares.count,
                held: state.held,
                perMinute: state.counts.values.reduce(0) { $0 + $1.measured.perMinute },
                busy: state.busy,
                stalledSeconds: state.held > 0 ? Int((now - state.progress) / .seconds(1)) : nil
            )
            for name in Set(state.counts.keys).union(state.plan.shares.keys) {
                let (count, share) = (state.counts[name] ?? Count(), state.plan.shares[name])
                let workers = share?.workers ?? 0
                guard count.measured.perMinute > 0 || count.held > 0 || workers > 1 else { continue }
                report.mailboxes.append(
                    WorkerReport.MailboxLine(
                        mailbox: name,
                        workers: workers,
                        prefetch: share?.prefetch ?? 0,
                        held: count.held,
                        perMinute: count.measured.perMinute,
                        busy: count.measured.busy,
                        oldestSentAt: count.oldestTime.flatMap { Instant(rfc3339: $0) }
                    )
                )
            }
            report.mailboxes.sort { ($1.perMinute, $0.mailbox) < ($0.perMinute, $1.mailbox) }
            report.mailboxes = Array(report.mailboxes.prefix(WorkerReport.mostLines))
            return report
        }
    }
}
