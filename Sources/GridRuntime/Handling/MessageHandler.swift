//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore
import GridTraces
package import Logging

/// Handles messages inside a transaction: inbox, page, decide, page and history, and the mail that goes out.
///
/// One handler serves every way in: deliveries from mailboxes, commands of people at this machine, timers. It holds no
/// state, so any number of processes can handle messages on one file.
package struct MessageHandler: Sendable {
    /// How long a message waits for its assignment to arrive before it is given up.
    package static let patience: Int64 = 60_000

    let organization: Organization
    let clock: WallClock
    let logger: Logger
    let mail = MailCodec()
    let commands = CommandCodec()

    /// Creates a handler under an organization.
    package init(organization: Organization, clock: WallClock, logger: Logger) {
        self.organization = organization
        self.clock = clock
        self.logger = logger
    }

    /// What came of a message that was handled here and now.
    package struct Handled: Sendable {
        /// What became of it; nil for one the inbox had seen before.
        package var outcome: Decision.Outcome?
        /// The decision, where there was one.
        package var decision = Decision()
        /// The messages to be sent.
        package var outgoing: [StoredMessage] = []
        /// What is to be told of it once it is committed.
        var spans: [Span] = []
    }

    /// A delivery that has been read, and waits for its turn in a transaction.
    package struct Incoming: Sendable {
        fileprivate let original: StoredMessage
        fileprivate let queue: String?
        fileprivate let message: Result<Message, BadMessage>

        /// Whether it issues an urgent order, or a leg of one.
        var isUrgent: Bool {
            switch message {
            case .success(.mail(let mail)):
                if case .issued(let body) = mail.body { body.order.priority == .urgent } else { false }
            case .success(.command(let command)):
                if case .issue(let draft) = command.body { draft.priority == .urgent } else { false }
            case .success(.timer), .failure: false
            }
        }
    }

    /// Reads a delivery of `queue`. Pure, so that one batch can be read while the one before it is being written.
    package func read(_ original: StoredMessage, from queue: String?) -> Incoming {
        Incoming(original: original, queue: queue, message: Result { () throws(BadMessage) in try parse(original) })
    }

    /// Handles a delivery; a bad message fails alone, since nothing of a message is written before it is certain that
    /// all of it can be.
    ///
    /// - Parameters:
    ///   - attempts: How often its handling was begun, this time counted.
    ///   - trace: Takes its span; nil where nobody traces.
    /// - Returns: What is to be sent: the mail of the decision, or the message itself on its way to the dead letters.
    /// - Throws: `StoreError` when the state file failed; nothing may be acknowledged then.
    package func receive(
        _ incoming: Incoming,
        attempts: Int = 1,
        in store: StoreTransaction,
        trace: TraceScope? = nil
    ) throws -> [StoredMessage] {
        try process(incoming, isAdmitted: false, attempts: attempts, in: store, trace: trace)
    }

    /// Handles a command of somebody at this machine. The answer is returned, so that no mail tells it.
    ///
    /// - Throws: `StoreError` when the state file failed.
    package func perform(
        _ command: Command,
        in store: StoreTransaction,
        trace: TraceScope? = nil
    ) throws -> Handled {
        let start = trace?.now
        guard try store.admit(command.id, source: command.actor.description, at: clock.now) else {
            return Handled()
        }
        let now = clock.now
        let message = Message.command(command)
        let page = try store.page(for: message.pageQuery(at: now))
        let decision = decide(message, on: page, in: organization, at: now)
        var handled = Handled(outcome: decision.outcome, decision: decision)
        let step = step(message, on: page, decision, trace: trace, since: start)
        trace?.add(step)
        if case .waiting = decision.outcome {
            handled.outcome = .refused(refusalInVain(of: command, on: page))
            return handled
        }
        handled.outgoing = try encode(decision, traceParent: step.traceParent, in: store)
        handled.outgoing += try carryOut(decision, in: store, trace: trace)
        return handled
    }

    /// Handles a timer whose time has come.
    package func fire(
        _ firing: TimerFiring,
        in store: StoreTransaction,
        trace: TraceScope? = nil
    ) throws -> [StoredMessage] {
        let start = trace?.now
        // The row decides which of several processes handles the firing.
        guard try store.removeTimer(firing) else { return [] }
        let now = clock.now
        let message = Message.timer(firing)
        let page = try store.page(for: message.pageQuery(at: now))
        let decision = decide(message, on: page, in: organization, at: now)
        let step = step(message, on: page, decision, trace: trace, since: start)
        trace?.add(step)
        return try encode(decision, traceParent: step.traceParent, in: store)
            + carryOut(decision, in: store, trace: trace)
    }

    /// Gives up parked messages that have waited long enough.
    ///
    /// - Returns: What is to be sent about them.
    package func giveUpParked(limit: Int, in store: StoreTransaction) throws -> [StoredMessage] {
        let now = clock.now
        let expired = try store.takeExpiredParked(now: now, limit: limit)
        let astray = try store.takeParked(beyond: Self.beyondPatience(at: now), limit: limit)
        return try (expired + astray).flatMap { try giveUp($0, in: store) }
    }

    /// The moment after which nothing that was parked would wait unless the clock had been set back since; with time to
    /// spare, so that no small correction counts.
    package static func beyondPatience(at now: Instant) -> Instant { now.adding(milliseconds: 2 * patience) }

    /// Gives up a message that waited in vain: its sender is told, or it goes to the dead letters.
    private func giveUp(_ message: StoredMessage, in store: StoreTransaction) throws -> [StoredMessage] {
        let now = clock.now
        do {
            let parsed = try parse(message)
            guard case .command(let command) = parsed else {
                let reason = "no such assignment arrived within a minute"
                return [DeadLetter.mark(message, as: .assignmentMissing, because: reason, queue: nil, at: now)]
            }
            let refusal = refusalInVain(of: command, on: try store.page(for: parsed.pageQuery(at: now)))
            return [try mail.encode(refusalMail(of: command, for: refusal, at: now), in: organization)]
        } catch let error as BadMessage {
            return [DeadLetter.mark(message, as: .badMessage, because: "\(error)", queue: nil, at: now)]
        }
    }

    // MARK: Inside

    /// Handles one message; what cannot be handled goes to the dead letters.
    ///
    /// - Parameters:
    ///   - isAdmitted: Whether the inbox has it already, since it waited for its assignment.
    ///   - attempts: How often its handling was begun, this time counted.
    private func process(
        _ incoming: Incoming,
        isAdmitted: Bool,
        attempts: Int = 1,
        in store: StoreTransaction,
        trace: TraceScope?
    ) throws -> [StoredMessage] {
        let start = trace?.now
        let message: Message
        switch incoming.message {
        case .success(let read): message = read
        case .failure(let error):
            if let trace, let start { trace.addUnreadable(incoming.original, since: start) }
            return reject(incoming.original, from: incoming.queue, attempts: attempts, because: error)
        }
        let now = clock.now
        let page = try store.page(for: message.pageQuery(at: now))
        let decision = decide(message, on: page, in: organization, at: now)
        CrashPoint.reach(.decided)
        // Up to here nothing is written, and the inbox is asked last: a repeated message is rare, and what was decided
        // on it is dropped.
        func isNew() throws -> Bool {
            try isAdmitted || store.admit(message.id, source: message.source, at: now)
        }
        switch decision.outcome {
        case .waiting(let id):
            guard try isNew() else { return [] }
            let until = now.adding(milliseconds: Self.patience)
            try store.park(incoming.original, id: message.id, waitingFor: id, until: until)
            return []
        case .dead(let reason):
            // It is not admitted, so that it can be handled when it is replayed.
            guard try isAdmitted || !store.hasAdmitted(message.id, source: message.source) else { return [] }
            trace?.add(step(message, of: incoming.original, on: page, decision, trace: trace, since: start))
            return [
                DeadLetter.mark(
                    incoming.original,
                    as: .notApplicable,
                    because: reason,
                    queue: incoming.queue,
                    attempts: attempts,
                    at: now
                )
            ]
        case .applied, .ignored, .refused:
            var outgoing: [StoredMessage]
            let step = step(message, of: incoming.original, on: page, decision, trace: trace, since: start)
            do {
                outgoing = try encode(decision, traceParent: step.traceParent, in: store)
                if case .refused(let refusal) = decision.outcome, case .command(let command) = message {
                    let answer = refusalMail(of: command, for: refusal, at: now)
                    outgoing.append(try mail.encode(answer, in: organization, traceParent: step.traceParent))
                }
            } catch let error as BadMessage {
                guard try isAdmitted || !store.hasAdmitted(message.id, source: message.source) else { return [] }
                return reject(incoming.original, from: incoming.queue, attempts: attempts, because: error)
            }
            guard try isNew() else { return [] }
            trace?.add(step)
            if decision.outcome == .applied { try store.noteFiles(of: message, at: now) }
            return outgoing + (try carryOut(decision, in: store, trace: trace))
        }
    }

    /// What a message's effects carry, and its span where somebody traces; else its own header is handed on.
    private func step(
        _ message: Message,
        of original: StoredMessage? = nil,
        on page: Page,
        _ decision: Decision,
        trace: TraceScope?,
        since start: UInt64?
    ) -> TraceScope.Step {
        guard let trace, let start else {
            return TraceScope.Step(traceParent: original.flatMap(CloudEvent.traceContext(of:))?.description)
        }
        let isKnown = page.assignment != nil
        return trace.step(message, of: original, decided: decision, isKnown: isKnown, since: start)
    }

    private func parse(_ message: StoredMessage) throws(BadMessage) -> Message {
        // A message that waited, or was replayed, has kept its exchange.
        if message.exchange == ExchangeName.commands {
            return .command(try commands.decode(message, in: organization))
        }
        return .mail(try mail.decode(message, in: organization))
    }

    /// Writes a decision's mail as messages.
    private func encode(
        _ decision: Decision,
        traceParent: String?,
        in store: StoreTransaction
    ) throws -> [StoredMessage] {
        try decision.outgoing.map { outgoing in
            try mail.encode(store.withFiles(outgoing), in: organization, traceParent: traceParent)
        }
    }

    /// Writes a decision, and handles what waited for what it brought.
    ///
    /// - Returns: What is to be sent for the messages that waited.
    private func carryOut(
        _ decision: Decision,
        in store: StoreTransaction,
        trace: TraceScope?
    ) throws -> [StoredMessage] {
        try store.apply(decision)
        guard decision.assignment != nil || decision.escalation != nil, try store.hasParked() else { return [] }
        let arrived = [decision.assignment?.id, decision.escalation?.assignment].compactMap(\.self)
        var outgoing: [StoredMessage] = []
        for id in arrived + decision.legs.map(\.id) {
            for message in try store.takeParked(for: id) {
                outgoing += try process(read(message, from: nil), isAdmitted: true, in: store, trace: trace)
            }
        }
        return outgoing
    }
}
