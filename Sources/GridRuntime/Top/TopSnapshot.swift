//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel
package import GridStore

/// A node at one moment, as an operator looks at it.
package struct TopSnapshot: Sendable, Hashable, Codable {
    /// How the broker answers.
    package struct Broker: Sendable, Hashable, Codable {
        /// Where it is.
        package var address: String
        /// Why it could not be asked; nil when it was.
        package var problem: String?
        /// When it was asked last; nil before it was.
        package var askedAt: Instant?
        /// Letters that could not be handled; nil before it was asked.
        package var dead: Int?
        /// Messages that nobody was bound for; nil before it was asked.
        package var unrouted: Int?

        /// Creates what is known of a broker that was not asked yet.
        package init(address: String) {
            self.address = address
        }
    }

    /// The outbox.
    package struct Outbox: Sendable, Hashable, Codable {
        /// Messages that nobody is sending.
        package var waiting: Int
        /// Messages that a process is sending.
        package var sending: Int
        /// How long the oldest has been there, in seconds; nil when there is none.
        package var oldestSeconds: Int?

        /// Creates an outbox.
        package init(waiting: Int, sending: Int, oldestSeconds: Int? = nil) {
            self.waiting = waiting
            self.sending = sending
            self.oldestSeconds = oldestSeconds
        }
    }

    /// When it was looked at.
    package var at: Instant
    /// The broker.
    package var broker: Broker
    /// What waits to be sent.
    package var outbox: Outbox
    /// Commands that wait for their assignment.
    package var parked: Int
    /// Timers whose time has come.
    package var timersDue: Int
    /// Escalations that wait for an answer.
    package var escalations: Int
    /// Open assignments by role.
    package var lights: [LightCounts]
    /// The processes that serve mailboxes.
    package var processes: [WorkerOverview.Process]
    /// All mailboxes of the node, by name.
    package var mailboxes: [WorkerOverview.MailboxLine]

    /// Creates a snapshot.
    package init(
        at: Instant,
        broker: Broker,
        outbox: Outbox,
        parked: Int = 0,
        timersDue: Int = 0,
        escalations: Int = 0,
        lights: [LightCounts] = [],
        processes: [WorkerOverview.Process] = [],
        mailboxes: [WorkerOverview.MailboxLine] = []
    ) {
        self.at = at
        self.broker = broker
        self.outbox = outbox
        self.parked = parked
        self.timersDue = timersDue
        self.escalations = escalations
        self.lights = lights
        self.processes = processes
        self.mailboxes = mailboxes
    }
}
