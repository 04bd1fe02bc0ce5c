//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// Where a transaction may be cut off.
enum CrashPoint: String {
    case begin, handle, write
}

/// A process died inside a transaction.
struct Crash: Error {
    let point: CrashPoint
}

/// Transactions, as the services of a node make them, each of which may be cut off by the death of its process.
extension Simulation {
    /// Runs a transaction of a process.
    ///
    /// - Returns: nil when the process died in it; nothing was written then.
    func transact<R>(
        _ process: SimulatedProcess?,
        of node: SimulatedNode,
        _ body: (StoreTransaction, (CrashPoint) throws -> Void) throws -> R
    ) throws -> R? {
        do {
            let result = try node.store.writeNow { store in
                try body(store) { point in
                    if self.isUnruly, self.random.happens(self.plan.crashesInside) { throw Crash(point: point) }
                }
            }
            // Another process may have written; the file tells those that watch it, at once or never.
            for other in node.processes where other !== process && random.happens(500) {
                other.outbox.somethingChanged()
            }
            return result
        } catch let crash as Crash {
            if let process { kill(process, of: node, at: "in a transaction, after \(crash.point.rawValue)") }
            return nil
        }
    }

    /// What a process's mailbox loop does next: take messages, handle them in one transaction, acknowledge them.
    func work(_ process: SimulatedProcess, of node: SimulatedNode) throws {
        if !process.handled.isEmpty { return acknowledge(process) }
        if !process.inHand.isEmpty { return try handle(process, of: node) }
        process.inHand = broker.deliver(
            from: node.mailboxes,
            to: process.number,
            at: step,
            limit: 1 + random.below(8),
            outOfTurn: isUnruly ? plan.deliveriesOutOfTurn : 0,
            random: &random
        )
        if !process.inHand.isEmpty {
            say("process \(process.number) gets \(process.inHand.map(\.message.messageID))")
        }
    }

    private func acknowledge(_ process: SimulatedProcess) {
        for delivery in process.handled {
            ledger.note(delivery.message, on: node(ofQueue: delivery.queue), as: "acknowledged")
        }
        broker.acknowledge(process.handled.map(\.tag), by: process.number)
        say("process \(process.number) acknowledges \(process.handled.count)")
        process.handled = []
    }

    private func node(ofQueue queue: String) -> Int {
        nodes.first { $0.mailboxes.contains(queue) }?.number ?? 0
    }

    /// The transaction of `MailboxLoop`.
    private func handle(_ process: SimulatedProcess, of node: SimulatedNode) throws {
        let batch = process.inHand
        if batch.contains(where: { $0.message.type == CommandVerb.issue.type }) { mayHaveNewOrders = true }
        let handler = handler(of: node)
        let confirmed = process.outbox.takeConfirmed()
        let lease = process.outbox.lease(at: node.clock.now)
        let rows = try transact(process, of: node) { store, point in
            try point(.begin)
            try store.deleteOutbox(confirmed)
            var outgoing: [StoredMessage] = []
            for delivery in batch {
                outgoing += try handler.receive(handler.read(delivery.message, from: delivery.queue), in: store)
                try point(.handle)
            }
            return try enqueue(outgoing, lease: lease, of: node, in: store, point)
        }
        guard let rows else { return }
        try observe(node)
        process.inHand = []
        process.handled = batch
        handOver(rows, of: process, leased: lease != nil, handled: batch.count)
    }

    /// The transaction of `Timekeeper`.
    func fireDue(_ process: SimulatedProcess, of node: SimulatedNode) throws {
        let now = node.clock.now
        let (next, isAstray) = try node.store.lookNow { store in
            (try store.nextWakeUp(), try store.hasParked(beyond: MessageHandler.beyondPatience(at: now)))
        }
        guard isAstray || next.map({ $0 <= now }) == true else { return }
        let handler = handler(of: node)
        let lease = process.outbox.lease(at: now)
        var fired: [TimerFiring] = []
        let rows = try transact(process, of: node) { store, point in
            try point(.begin)
            var outgoing: [StoredMessage] = []
            fired = try store.dueTimers(now: now, limit: 200)
            for firing in fired {
                if try store.assignment(firing.assignment)?.state.isFinal ?? true {
                    broken.append("\(firing.id) fires, and its assignment is final or not there")
                }
                outgoing += try handler.fire(firing, in: store)
                try point(.handle)
            }
            outgoing += try handler.giveUpParked(limit: 200, in: store)
            return try enqueue(outgoing, lease: lease, of: node, in: store, point)
        }
        guard let rows else { return }
        try observe(node)
        if !fired.isEmpty { say("process \(process.number) fires \(fired.map(\.id))") }
        handOver(rows, of: process, leased: lease != nil, handled: fired.count)
    }

    /// The transaction of `LocalDesk`.
    ///
    /// - Returns: nil when the process died in it.
    func perform(_ command: Command) throws -> MessageHandler.Handled? {
        let node = node(of: command.actor)
        let handler = handler(of: node)
        if command.body.verb == .issue { mayHaveNewOrders = true }
        let handled = try transact(nil, of: node) { store, point in
            try point(.begin)
            let handled = try handler.perform(command, in: store)
            let rows = try enqueue(handled.outgoing, lease: nil, of: node, in: store, point)
            return (handled: handled, rows: rows)
        }
        let outcome = handled.map { Self.word(for: $0.handled.outcome) } ?? "cut off"
        say("\(command.actor): \(command.body.verb) \(command.body.assignment?.text ?? "") \(command.id), \(outcome)")
        guard let handled else { return nil }
        try observe(node)
        ledger.note(command, on: node.number)
        handledCount += 1
        for row in handled.rows { noteSent(row) }
        return handled.handled
    }

    private static func word(for outcome: Decision.Outcome?) -> String {
        switch outcome {
        case nil: "seen before"
        case .applied?: "applied"
        case .ignored?: "ignored"
        case .refused(let refusal)?: "refused, \(refusal.reason)"
        case .waiting?: "waiting"
        case .dead?: "dead"
        }
    }

    private func enqueue(
        _ outgoing: [StoredMessage],
        lease: OutboxLease?,
        of node: SimulatedNode,
        in store: StoreTransaction,
        _ point: (CrashPoint) throws -> Void
    ) throws -> [OutboxRow] {
        let ids = try store.enqueue(outgoing, lease: lease, at: node.clock.now)
        try point(.write)
        return zip(ids, outgoing).map { OutboxRow(id: $0, message: $1) }
    }

    private func handOver(_ rows: [OutboxRow], of process: SimulatedProcess, leased: Bool, handled: Int) {
        handledCount += handled
        for row in rows { noteSent(row) }
        process.outbox.handOver(rows, leased: leased)
        if handled > 0 { say("process \(process.number) commits \(handled), sends \(rows.map(\.message.messageID))") }
    }

    /// What was committed must reach its target: nobody has promised less.
    private func noteSent(_ row: OutboxRow) {
        guard let target = street.organization.post(ofRoutingKey: row.message.routingKey)?.post else { return }
        ledger.note(row.message, on: node(of: target).number, as: "sent")
    }
}
