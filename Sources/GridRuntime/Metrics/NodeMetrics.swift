//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
package import CoreMetrics
import GridMetrics
import GridModel
import GridStore

/// What a process of a node counts while it works: once for a batch or a publish, never for each message.
package struct NodeMetrics: Sendable {
    let handled: Counter
    let refused: Counter
    let deadLettered: Counter
    let batch: Recorder
    let transaction: CoreMetrics.Timer
    let commit: CoreMetrics.Timer
    let inFlight: Meter
    let confirmed: Counter
    let returned: Counter
    let nacked: Counter
    let unsent: Counter
    let confirm: CoreMetrics.Timer
    let timersFired: Counter
    private let mailboxesServed: Meter
    private let mailboxesLeft: Meter
    let mailboxesSilent: Meter
    private let factory: any MetricsFactory

    /// Makes the handles.
    package init(factory: any MetricsFactory) {
        self.factory = factory
        handled = Counter(.messagesHandled, factory: factory)
        refused = Counter(.commandsRefused, factory: factory)
        deadLettered = Counter(.messagesDeadLettered, factory: factory)
        batch = Recorder(.batchMessages, factory: factory)
        transaction = CoreMetrics.Timer(.transactionSeconds, factory: factory)
        commit = CoreMetrics.Timer(.commitSeconds, factory: factory)
        inFlight = Meter(.deliveriesInFlight, factory: factory)
        func publishes(_ outcome: String) -> Counter { Counter(.publishes, [("outcome", outcome)], factory: factory) }
        confirmed = publishes("confirmed")
        returned = publishes("returned")
        nacked = publishes("nacked")
        unsent = publishes("failed")
        confirm = CoreMetrics.Timer(.confirmSeconds, factory: factory)
        timersFired = Counter(.timersFired, factory: factory)
        mailboxesServed = Meter(.mailboxes, [("state", "served")], factory: factory)
        mailboxesLeft = Meter(.mailboxes, [("state", "left")], factory: factory)
        mailboxesSilent = Meter(.mailboxes, [("state", "silent")], factory: factory)
    }

    /// Counts of a connection's losses and of attempts in vain.
    func connectionFailures(of purpose: BrokerLink.Purpose) -> Counter {
        Counter(.connectionFailures, [("purpose", purpose.rawValue)], factory: factory)
    }

    /// How long the last message took that a process sent itself over a connection.
    func echo(over purpose: BrokerLink.Purpose) -> Meter {
        Meter(.echoSeconds, [("purpose", purpose.rawValue)], factory: factory)
    }

    /// How many messages wait in the mailboxes of a role.
    func mailboxMessages(of role: String) -> Meter { Meter(.mailboxMessages, [("role", role)], factory: factory) }

    /// How many messages wait in one of the queues of last resort.
    func deadLetters(in queue: String) -> Meter { Meter(.deadLetters, [("queue", queue)], factory: factory) }
}

extension NodeMetrics {
    /// Counts a batch that was committed, and what is to be sent of it.
    ///
    /// - Parameters:
    ///   - messages: How many were handled.
    ///   - outgoing: What they gave rise to.
    ///   - begun: When the state file was asked for.
    ///   - written: When all was written and the commit began.
    func count(
        messages: Int,
        outgoing: [OutboxRow],
        begun: ContinuousClock.Instant,
        written: ContinuousClock.Instant
    ) {
        let now = ContinuousClock.now
        transaction.record(now - begun)
        commit.record(now - written)
        handled.increment(by: Int64(messages))
        batch.record(Int64(messages))
        var (dead, refusals): (Int64, Int64) = (0, 0)
        for row in outgoing {
            if row.message.exchange == ExchangeName.dead {
                dead += 1
            } else if row.message.type == Self.refusal {
                refusals += 1
            }
        }
        if dead > 0 { deadLettered.increment(by: dead) }
        if refusals > 0 { refused.increment(by: refusals) }
    }

    private static let refusal = MailEvent.refused.type

    /// Tells how many mailboxes the process is subscribed to, and how many of its own it leaves alone: those that are
    /// paused, and those whose workers are other processes'.
    func count(served: Int, left: Int) {
        mailboxesServed.set(served)
        mailboxesLeft.set(left)
    }

    /// Counts a publish by what the broker said.
    func count(_ outcomes: [AMQPPublishOutcome], took duration: Duration) {
        var counts: (confirmed: Int64, returned: Int64, nacked: Int64, unsent: Int64) = (0, 0, 0, 0)
        for outcome in outcomes {
            switch outcome {
            case .confirmed: counts.confirmed += 1
            case .returned: counts.returned += 1
            case .nacked: counts.nacked += 1
            case .failed: counts.unsent += 1
            }
        }
        // One that was given up tells how long it was waited for, not how long the broker takes.
        if counts.confirmed > 0 { confirm.record(duration) }
        confirmed.increment(by: counts.confirmed)
        returned.increment(by: counts.returned)
        nacked.increment(by: counts.nacked)
        unsent.increment(by: counts.unsent)
    }
}
