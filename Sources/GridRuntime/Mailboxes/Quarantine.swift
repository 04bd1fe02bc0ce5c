//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridStore
import Logging

/// Finds the messages over which the process crashes, so that they do not end it for ever and everybody waits.
///
/// A delivery that comes for the first time costs nothing here. One that is redelivered may be the reason why the one
/// before it was never acknowledged, so an attempt is written before it is handled, and struck out in the transaction
/// that handles it. An attempt that another process wrote and never struck out is a suspicion: its message is handled
/// alone, so that it can harm no other, and after `limit` attempts not at all. The process that wrote an attempt has not
/// crashed over it as long as it lives, whatever became of its connection or its transaction.
struct Quarantine: Sendable {
    /// After how many attempts that were never struck out a message is set aside. The first delivery, which writes none,
    /// comes in addition.
    static let limit = 3
    /// How long an attempt counts, in milliseconds: a week. Its message may have been handled elsewhere, or purged.
    static let memory: Int64 = 7 * 86_400_000

    /// A delivery on its way to being handled.
    struct Candidate: Sendable {
        /// What a delivery says. By reference: it passes through several queues, and has many parts to be retained.
        private final class Contents: Sendable {
            let message: StoredMessage
            let queue: String
            let incoming: MessageHandler.Incoming?
            let key: String?

            init(_ delivery: AMQPDelivery, nodeUser: String, with handler: MessageHandler) {
                message = StoredMessage(delivery, nodeUser: nodeUser)
                queue = delivery.queue
                key = delivery.isRedelivered ? DeadLetter.key(of: message) : nil
                incoming = delivery.isRedelivered ? nil : handler.read(message, from: queue)
            }
        }

        private let contents: Contents
        /// How often its handling was begun before by processes that never struck the attempt out.
        var attempts = 0

        var message: StoredMessage { contents.message }
        var queue: String { contents.queue }
        /// What it says; nil while an attempt must be written before it is read.
        var incoming: MessageHandler.Incoming? { contents.incoming }
        /// Its name in the attempts; nil for one that comes for the first time.
        var key: String? { contents.key }

        var isSetAside: Bool { attempts >= Quarantine.limit }
        var isSuspected: Bool { attempts > 0 && !isSetAside }

        /// Reads a delivery that comes for the first time; another one may be what ended the process before.
        ///
        /// - Parameter nodeUser: The user by which this node is logged in.
        init(_ delivery: AMQPDelivery, nodeUser: String, with handler: MessageHandler) {
            contents = Contents(delivery, nodeUser: nodeUser, with: handler)
        }
    }

    /// What is to be done with a batch.
    struct Plan: Sendable {
        /// To be handled, or set aside, in one transaction.
        var together: [Candidate]
        /// To be handled each in a transaction of its own, after an attempt was written.
        var alone: [Candidate] = []
    }

    let store: StateFile
    /// Names this process.
    let owner: String
    let clock: WallClock

    /// Sorts a batch, and writes an attempt for those of its messages that are redelivered and not under suspicion.
    func plan(_ candidates: [Candidate]) async throws -> Plan {
        guard candidates.contains(where: { $0.key != nil }) else { return Plan(together: candidates) }
        let (owner, now) = (owner, clock.now)
        return try await store.write { store in
            try store.forgetAttempts(before: now.adding(milliseconds: -Self.memory))
            var plan = Plan(together: [])
            for var candidate in candidates {
                guard let key = candidate.key else {
                    plan.together.append(candidate)
                    continue
                }
                let known = try store.attempts(key)
                candidate.attempts = known.map { $0.owner == owner ? $0.count - 1 : $0.count } ?? 0
                if candidate.attempts == 0 { try store.beginAttempt(key, owner: owner, at: now) }
                if candidate.isSuspected { plan.alone.append(candidate) } else { plan.together.append(candidate) }
            }
            // Whoever was begun most often is likeliest to crash, and goes last, so that the others are done before.
            plan.alone.sort { $0.attempts < $1.attempts }
            return plan
        }
    }

    /// Writes the attempt of one that is handled alone.
    func begin(_ candidate: Candidate) async throws {
        guard let key = candidate.key else { return }
        let (owner, now) = (owner, clock.now)
        try await store.write { try $0.beginAttempt(key, owner: owner, at: now) }
    }
}

extension MessageHandler {
    /// Handles a delivery, or sets it aside, and strikes out its attempts.
    ///
    /// - Throws: `StoreError` when the state file failed; nothing may be acknowledged then.
    func receive(
        _ candidate: Quarantine.Candidate,
        in store: StoreTransaction,
        trace: TraceScope? = nil
    ) throws -> [StoredMessage] {
        if let key = candidate.key { try store.endAttempts(key) }
        guard candidate.isSetAside else {
            CrashPoint.reach(candidate.message)
            let incoming = candidate.incoming ?? read(candidate.message, from: candidate.queue)
            return try receive(incoming, attempts: candidate.attempts + 1, in: store, trace: trace)
        }
        logger.error(
            "A message is set aside: processes ended while they handled it",
            metadata: [LogKey.queue: "\(candidate.queue)", LogKey.count: "\(candidate.attempts)"]
                .merging(candidate.message.traceMetadata) { told, _ in told }
        )
        return [
            DeadLetter.mark(
                candidate.message,
                as: .crashed,
                because: "processes ended while they handled it; mend what made them, then replay it",
                queue: candidate.queue,
                attempts: candidate.attempts,
                at: clock.now
            )
        ]
    }
}
