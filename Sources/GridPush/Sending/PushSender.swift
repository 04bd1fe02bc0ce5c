//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
package import GridRuntime
package import GridStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Sends what is queued, several messages at a time and never more of a mailbox's than it has workers.
///
/// It shares nothing with the chain but the state file, in which it has its own rows: a receiver that is slow or away holds
/// up its own messages and nobody's mail. A message counts as tried before it is sent. What was sent when the process died is
/// therefore sent once more at most, under the same name, when its lease is over; in the normal case each is sent once.
package struct PushSender: Service {
    /// How many messages are on their way at a time at most: as many as one mailbox can have workers.
    static let concurrency = MailboxScale.workerRange.upperBound
    /// How long nobody else sends a message, in milliseconds: longer than an attempt takes, with what it waits for.
    static let leaseMilliseconds: Int64 = 60_000
    /// The longest wait: a clock that is set forward is noticed after that time at most.
    static let longestWait = Duration.seconds(30)

    private let store: StateFile
    private let owner: String
    private let writer: PushRequestWriter
    private let clock: WallClock
    private let due: Signal
    private let metrics: PushMetrics
    private let logger: Logger

    /// Creates a sender.
    ///
    /// - Parameters:
    ///   - owner: Names this run in leases.
    ///   - texts: Writes what people read.
    ///   - gateway: How short messages are sent; nil when there is no way.
    ///   - due: Notified when something may be sent.
    package init(
        store: StateFile,
        owner: ProcessIdentity,
        texts: PushText,
        gateway: SMSGateway?,
        clock: WallClock,
        due: Signal,
        metrics: PushMetrics,
        logger: Logger
    ) {
        self.store = store
        self.owner = owner.description
        writer = PushRequestWriter(texts: texts, gateway: gateway)
        self.clock = clock
        self.due = due
        self.metrics = metrics
        self.logger = logger
    }

    /// What is on its way and what came of it.
    private final class Desk: Sendable {
        struct State {
            var onTheirWay = 0
            var outcomes: [PushOutcome] = []
        }

        let state = Mutex(State())
    }

    /// Sends until the task is cancelled, or told to stop: then what is on its way is finished.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            try await PushTransport.with(connections: Self.concurrency) { transport in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let desk = Desk()
                    while !Task.isCancelled {
                        let isStopping = stopping.isSet
                        let messages = try await settled { try await settle(desk, andTake: !isStopping) }
                        for message in messages {
                            group.addTask { await deliver(message, over: transport, to: desk) }
                        }
                        let isIdle = desk.state.withLock { $0.onTheirWay == 0 && $0.outcomes.isEmpty }
                        if isStopping, isIdle { break }
                        let limit = isStopping ? Duration.seconds(1) : try await pause()
                        await due.wait(atMost: limit)
                    }
                    group.cancelAll()
                }
            }
        } onGracefulShutdown: {
            stopping.set()
            due.notify()
        }
    }

    /// Writes what came of messages, and takes others as far as there is room, in one transaction.
    private func settle(_ desk: Desk, andTake isTaking: Bool) async throws -> [PushMessage] {
        let now = clock.now
        let (outcomes, room) = desk.state.withLock { state in
            defer { state.outcomes = [] }
            return (state.outcomes, isTaking ? Self.concurrency - state.onTheirWay : 0)
        }
        do {
            let isDue = room > 0 ? try await store.read { try $0.hasDuePush(at: now) } : false
            guard isDue || !outcomes.isEmpty else { return [] }
            let (givenUp, messages) = try await store.write { store -> (Int, [PushMessage]) in
                let givenUp = try store.settlePushes(outcomes, owner: owner, now: now)
                guard room > 0 else { return (givenUp, []) }
                let rules = try store.scaleRules()
                let messages = try store.claimPushes(
                    owner: owner,
                    now: now,
                    leaseMilliseconds: Self.leaseMilliseconds,
                    limit: room,
                    name: { UUID().uuidString.lowercased() },
                    // A policy may let a mailbox rest that nothing waits in; what was handled is told all the same.
                    workers: { max(1, Mailbox(name: $0).flatMap { rules.scale(of: $0).workers } ?? 1) }
                )
                return (givenUp, messages)
            }
            if givenUp > 0 { logger.warning("Pushes were given up", metadata: [LogKey.count: "\(givenUp)"]) }
            desk.state.withLock { $0.onTheirWay += messages.count }
            return messages
        } catch let error as StoreError where error.code == .busy || error.code == .full {
            logger.error("The state file could not be written for pushes; trying again", error: error)
            desk.state.withLock { $0.outcomes.insert(contentsOf: outcomes, at: 0) }
            try await Task.sleep(for: StoreTrouble.pause)
            due.notify()
            return []
        }
    }

    /// Sends a message and notes what came of it; one that was cut short by cancellation is left to its lease.
    private func deliver(_ message: PushMessage, over transport: PushTransport, to desk: Desk) async {
        let begun = ContinuousClock.now
        let result = await result(of: message, over: transport)
        let isCut = Task.isCancelled
        desk.state.withLock { state in
            state.onTheirWay -= 1
            if !isCut { state.outcomes.append(PushOutcome(message: message.id, result: result)) }
        }
        due.notify()
        guard !isCut else { return }
        let (outcome, word): (PushMetrics.Outcome, String?) =
            switch result {
            case .sent: (.sent, nil)
            case .failed(let word, _), .declined(let word): (.failed, word)
            case .refused(let word): (.refused, word)
            }
        metrics.count(message.channel.kind, outcome, took: ContinuousClock.now - begun)
        if let word {
            logger.info(
                "A push was not taken",
                metadata: [
                    LogKey.channel: "\(message.channel.n)", LogKey.kind: "\(message.channel.kind.rawValue)",
                    LogKey.error: "\(word)",
                ]
            )
        }
    }

    private func result(of message: PushMessage, over transport: PushTransport) async -> PushOutcome.Result {
        let request: PushRequest
        do {
            request = try writer.request(for: message, at: clock.now)
        } catch is PushRequestWriter.NoGateway {
            return .failed("no-gateway", rest: nil)
        } catch {
            return .refused("unwritable")
        }
        do {
            let answer = try await transport.send(request)
            return answer.result(of: message.channel.kind, success: writer.gateway?.success)
        } catch {
            return .failed(error.word, rest: nil)
        }
    }

    /// How long to wait for what is due later.
    private func pause() async throws -> Duration {
        let now = clock.now
        do {
            guard let next = try await store.read({ try $0.nextPush(after: now) }) else { return Self.longestWait }
            return min(Self.longestWait, .milliseconds(max(1, next.milliseconds - now.milliseconds)))
        } catch let error as StoreError where error.code == .busy || error.code == .full {
            return StoreTrouble.pause
        }
    }
}
