//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime
import GridStore

/// The broker of a simulation: a queue for each mailbox, bound by routing key, and the queues beside them.
struct SimulatedBroker {
    /// A message on its way from a queue to a process.
    struct Delivery {
        let tag: Int
        let queue: String
        let message: StoredMessage
        /// The step before which nobody gets it.
        let notBefore: Int
    }

    private var queues: [String: [Delivery]] = [:]
    private var unacknowledged: [Int: [Delivery]] = [:]
    private var lastTag = 0
    /// What nodes gave up.
    private(set) var dead: [StoredMessage] = []
    /// What no queue is bound for.
    private(set) var unrouted: [StoredMessage] = []
    /// Copies of the mail for the posts' agents, who bind queues of their own.
    var agentMail: [StoredMessage] = []

    init(mailboxes: [String]) {
        for name in mailboxes { queues[name] = [] }
    }

    /// How many messages are queued for mailboxes or on their way.
    var count: Int {
        queues.values.reduce(0) { $0 + $1.count } + unacknowledged.values.reduce(0) { $0 + $1.count }
    }

    /// Takes a message and routes it.
    mutating func publish(_ message: StoredMessage, notBefore: Int = 0) {
        if message.exchange == ExchangeName.dead { return dead.append(message) }
        let queue = message.routingKey.split(separator: ".").prefix(3).joined(separator: ".")
        guard queues[queue] != nil else { return unrouted.append(message) }
        lastTag += 1
        queues[queue]?.append(Delivery(tag: lastTag, queue: queue, message: message, notBefore: notBefore))
        if message.exchange == ExchangeName.mail { agentMail.append(message) }
    }

    /// Delivers up to `limit` messages of some queues to a process, `jump` of a thousand out of turn.
    mutating func deliver(
        from names: [String],
        to process: Int,
        at step: Int,
        limit: Int,
        outOfTurn jump: Int,
        random: inout SeededGenerator
    ) -> [Delivery] {
        var batch: [Delivery] = []
        for _ in 0..<limit {
            let ready = names.filter { name in queues[name]?.contains { $0.notBefore <= step } ?? false }
            guard !ready.isEmpty else { break }
            let name = random.pick(ready)
            let places = (queues[name] ?? []).indices.filter { (queues[name]?[$0].notBefore ?? 0) <= step }
            let place = random.happens(jump) ? random.pick(places) : places[0]
            guard let delivery = queues[name]?.remove(at: place) else { break }
            batch.append(delivery)
        }
        if !batch.isEmpty { unacknowledged[process, default: []] += batch }
        return batch
    }

    /// Forgets what a process has handled.
    mutating func acknowledge(_ tags: [Int], by process: Int) {
        unacknowledged[process]?.removeAll { tags.contains($0.tag) }
    }

    /// Puts back what a process has not acknowledged: its connection is gone.
    ///
    /// - Returns: How many messages will be delivered again.
    mutating func disconnect(_ process: Int) -> Int {
        let returned = unacknowledged.removeValue(forKey: process) ?? []
        for delivery in returned.reversed() { queues[delivery.queue]?.insert(delivery, at: 0) }
        return returned.count
    }
}
