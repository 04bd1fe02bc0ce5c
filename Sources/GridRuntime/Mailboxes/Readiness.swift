//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
package import Logging

/// Whether the mailboxes are being served right now.
package final class Readiness: Sendable {
    private let generation = Threshold()
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
        generation.raise(to: generation.value + 1)
    }

    /// Waits until the mailboxes have been served for the first time; returns early when the task is cancelled.
    package func waitUntilFirstReady() async {
        await generation.wait(above: 0)
    }
}
