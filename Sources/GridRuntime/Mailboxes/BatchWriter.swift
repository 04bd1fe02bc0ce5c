//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CoreMetrics
import GridModel
import GridStore
import GridTraces

/// Handles batches of deliveries, each in one transaction, but for messages over which a process may have crashed.
struct BatchWriter: Sendable {
    let store: StateFile
    let outbox: Outbox
    let handler: MessageHandler
    let clock: WallClock
    let metrics: NodeMetrics
    let tracer: Tracer?

    /// Handles a batch; when it returns, all of it is on the disk, and what goes out has been handed to the relay.
    ///
    /// Blocks its thread for as long as the file takes.
    ///
    /// - Throws: `StoreError`; then nothing of the transaction that failed may be acknowledged.
    func handle(_ batch: [Quarantine.Candidate]) async throws {
        let quarantine = Quarantine(store: store, owner: outbox.owner, clock: clock)
        let plan = try await quarantine.plan(batch)
        if !plan.together.isEmpty { try handleTogether(plan.together) }
        for suspect in plan.alone {
            try await quarantine.begin(suspect)
            try handleTogether([suspect])
        }
    }

    private func handleTogether(_ candidates: [Quarantine.Candidate]) throws {
        let confirmed = outbox.takeConfirmed()
        let lease = outbox.lease(at: clock.now)
        let done: (rows: [OutboxRow], spans: [Span], written: ContinuousClock.Instant)
        let start = ContinuousClock.now
        do {
            done = try store.writeNow { store in
                CrashPoint.reach(.begun)
                try store.deleteOutbox(confirmed)
                var outgoing: [StoredMessage] = []
                let trace = tracer.map(TraceScope.init)
                for candidate in candidates {
                    outgoing += try handler.receive(candidate, in: store, trace: trace)
                }
                let ids = try store.enqueue(outgoing, lease: lease, at: clock.now)
                CrashPoint.reach(.written)
                let rows = zip(ids, outgoing).map { OutboxRow(id: $0, message: $1) }
                return (rows, trace?.spans ?? [], ContinuousClock.now)
            }
        } catch {
            outbox.putConfirmed(confirmed)
            throw error
        }
        CrashPoint.reach(.committed)
        tracer?.finish(done.spans)
        metrics.count(messages: candidates.count, outgoing: done.rows, begun: start, written: done.written)
        if !confirmed.isEmpty { CrashPoint.reach(.deleted) }
        outbox.handOver(done.rows, leased: lease != nil)
    }
}
