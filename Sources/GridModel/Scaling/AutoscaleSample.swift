//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What was measured of a mailbox at one moment.
package struct AutoscaleSample: Hashable, Sendable {
    /// The deadlines that wait for the mailbox.
    package struct Deadlines: Hashable, Sendable {
        /// How many seconds are left until the first that can still be met.
        package var secondsLeft: Double
        /// How many pass before all that waits is handled, as fast as it goes now.
        package var late: Int

        /// Creates deadlines.
        package init(secondsLeft: Double, late: Int) {
            self.secondsLeft = secondsLeft
            self.late = late
        }
    }

    /// How many messages wait at the broker, or are held by processes.
    package var messages: Int
    /// How many came in a second, lately; nil before a second look.
    package var arrivedPerSecond: Double?
    /// How many were handled in a second, lately.
    package var handledPerSecond: Double
    /// How long ago, in seconds, what comes first now was sent; nil where nothing waits or nobody knows.
    package var oldestSeconds: Double?
    /// The deadlines; nil where none is ahead, or nothing waits, or nobody asked.
    package var deadlines: Deadlines?

    /// Creates a sample.
    package init(
        messages: Int,
        arrivedPerSecond: Double? = nil,
        handledPerSecond: Double = 0,
        oldestSeconds: Double? = nil,
        deadlines: Deadlines? = nil
    ) {
        self.messages = messages
        self.arrivedPerSecond = arrivedPerSecond
        self.handledPerSecond = handledPerSecond
        self.oldestSeconds = oldestSeconds
        self.deadlines = deadlines
    }

    /// How many seconds it takes to handle all that waits, as fast as it goes now; nil when nothing is handled.
    package var secondsToCatchUp: Double? {
        handledPerSecond > 0 ? Double(messages) / handledPerSecond : nil
    }
}
