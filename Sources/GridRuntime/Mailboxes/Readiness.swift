//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
package import Logging

/// Whether the mailboxes are being served right now.
package final class Readiness: Sendable {
    /// How often they have begun to be served.
    private let begun = Threshold()
    /// How often they had begun when they were last given up.
    private let ended = Threshold()
    private let logger: Logger

    /// Creates a readiness that is not ready.
    package init(logger: Logger) {
        self.logger = logger
    }

    /// Tells that all consumers are subscribed.
    func becomeReady(mailboxes: Int, at address: AMQPAddress) {
        // The line first: who waits for readiness may look into the log for it.
        logger.notice(
            "Ready: serving the mailboxes",
            metadata: [LogKey.count: "\(mailboxes)", LogKey.address: "\(address)"]
        )
        begun.raise(to: begun.value + 1)
    }

    /// Tells that the mailboxes are not served any more, until they are again.
    func cease() {
        ended.raise(to: begun.value)
    }

    /// Whether the mailboxes are served.
    package var isServed: Bool { begun.value > ended.value }

    /// Whether the mailboxes have been served, now or before.
    package var wasServed: Bool { begun.value > 0 }

    /// Waits until the mailboxes have been served for the first time; returns early when the task is cancelled.
    package func waitUntilFirstReady() async {
        await begun.wait(above: 0)
    }

    /// Waits until the mailboxes are served, at once while they are; returns early when the task is cancelled.
    func waitUntilServed() async {
        await begun.wait(above: ended.value)
    }
}
