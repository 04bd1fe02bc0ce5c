//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// What must hold when everything has been delivered and nothing waits.
extension Simulation {
    /// Issuers and holders agree, nothing goes on below what is final, and whoever is waited for knows it.
    func checkAtRest() throws {
        var audit = PageAudit(of: roots)
        for node in nodes {
            try node.store.lookNow { try audit.read($0, toldBy: node.book, in: street.organization) }
        }
        broken += audit.broken()
        for dead in broker.dead where dead.type != MailEvent.urged.type {
            broken.append("\(dead.messageID) is dead: \(dead.headers["gridwork-dead-problem"] ?? dead.type)")
        }
        for message in broker.unrouted { broken.append("\(message.messageID) has no mailbox") }
    }

    /// What is over has left nothing behind, and everything that was promised was kept.
    func checkAtEnd() throws {
        for node in nodes {
            try node.store.lookNow { store in
                let outbox = try store.outboxStatus().count
                let (parked, timers) = (try store.parkedCount(), try store.timersPending())
                if (outbox, parked, timers) != (0, 0, 0) {
                    broken.append("node \(node.number) keeps \(outbox) to send, \(parked) parked, \(timers) timers")
                }
                var lines: [HistoryLine] = []
                for root in roots { lines += try store.history(under: root, limit: 100_000) }
                if lines.sorted(by: { $0.n < $1.n }) != node.book.lines {
                    broken.append("node \(node.number) has lost or changed what it had written")
                }
                broken += try store.integrityFindings().map { "node \(node.number): \($0)" }
            }
            try checkPromises(of: node)
        }
        if broker.count > 0 { broken.append("\(broker.count) messages are still with the broker") }
    }

    /// Every message of which somebody was told that it is safe has been handled, or lies among the dead.
    private func checkPromises(of node: SimulatedNode) throws {
        struct Undone: Error {}
        var lost: [String] = []
        let dead = Set(broker.dead.map(\.messageID))
        do {
            // Asking the inbox is admitting to it; the transaction is given up afterwards.
            try node.store.writeNow { store in
                for (promise, what) in ledger.promises where promise.node == node.number {
                    let isNew = try store.admit(promise.id, source: promise.source, at: Self.morning)
                    if isNew, !dead.contains(promise.id.text) { lost.append("\(promise.id) was \(what) and is lost") }
                }
                throw Undone()
            }
        } catch is Undone {
            broken += lost
        }
    }
}
