//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridModel

/// Who serves which mailboxes, and how they keep up.
package struct WorkerOverview: Sendable, Hashable, Codable {
    /// A process.
    package struct Process: Sendable, Hashable, Codable {
        /// Whether it takes messages.
        package enum State: String, Sendable, Hashable, Codable, CaseIterable {
            /// It takes messages.
            case serving
            /// It takes no more, and finishes what it holds.
            case draining
            /// It takes no more, and holds none.
            case drained
            /// It is alive and subscribed to nothing: it has no connection to the broker, or is making its subscriptions.
            case waiting
            /// It has not told for a while that it is alive.
            case silent
        }

        /// Its name.
        package var name: String
        /// Whether it is a node or a worker.
        package var duties: String
        /// The mailboxes that it is there for; nil where a program of another version wrote them in its own way.
        package var selection: MailboxSelection?
        /// Whether it takes messages.
        package var state: State
        /// Whether it has carried out all that was said.
        package var follows: Bool
        /// When it began.
        package var startedAt: Instant
        /// When it was last seen.
        package var seenAt: Instant
        /// How many mailboxes it serves.
        package var serving: Int
        /// How many messages it holds.
        package var held: Int
        /// How many messages it handled in a minute, lately.
        package var perMinute: Double
        /// The share of the time in which it wrote transactions, lately, from 0 to 1.
        package var busy: Double
    }

    /// A mailbox.
    package struct MailboxLine: Sendable, Hashable, Codable {
        /// A process that has messages of it, had some lately, or has several workers there.
        package struct Part: Sendable, Hashable, Codable {
            /// The process.
            package var process: String
            /// How many workers it has there.
            package var workers: Int
            /// How many messages it holds.
            package var held: Int
            /// How many it handled in a minute, lately.
            package var perMinute: Double
        }

        /// Its name.
        package var mailbox: String
        /// How many workers it is to have; nil for one.
        package var workers: Int?
        /// How many messages each may hold; nil for what a process allots by itself.
        package var prefetch: Int?
        /// Since when it is paused; nil while it is not.
        package var pausedAt: Instant?
        /// What its workers are reckoned by; nil where somebody said how many, or nobody.
        package var policy: AutoscalePolicy?
        /// Why it has as many workers as it has by its policy, in words; nil before the policy was followed.
        package var why: String?
        /// Since when it has so many by its policy; nil as before.
        package var decidedAt: Instant?
        /// How many consumers it has: one, or none while it is paused or handed over; nil where there is no such queue, or no broker.
        package var consumers: Int?
        /// How many messages wait at the broker; nil as before.
        package var backlog: Int?
        /// How many messages processes hold.
        package var held: Int
        /// How long ago, in seconds, the oldest message that a process holds was sent; nil where none is held.
        package var oldestSeconds: Int?
        /// How many messages were handled in a minute, lately.
        package var perMinute: Double
        /// The share of the time in which some of it was in hand, lately, from 0 to 1.
        package var busy: Double
        /// Who serves it; while it is handed over, who did, too.
        package var processes: [Part]

        /// Whether there is something to tell of it.
        package var isNotable: Bool {
            workers != nil || policy != nil || prefetch != nil || pausedAt != nil || consumers == 0 || backlog ?? 0 > 0
                || held > 0
                || perMinute > 0
        }
    }

    /// The processes, those that began first coming first.
    package var processes: [Process]
    /// The mailboxes, by name.
    package var mailboxes: [MailboxLine]
    /// Why the broker could not be asked; nil when it was.
    package var brokerProblem: String?
}
