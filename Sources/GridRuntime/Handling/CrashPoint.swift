//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
import GridStore
import Synchronization

/// Where a test makes the process end at once, as a power cut would. A release build has none of these points: what they do
/// is compiled for debugging only.
package enum CrashPoint {
    /// The steps of a hop, in their order.
    package enum Step: String, CaseIterable, Sendable {
        /// Deliveries have arrived; nothing has been done.
        case delivered
        /// The transaction is open.
        case begun
        /// The rules have decided about a message; nothing of it is written.
        case decided
        /// Pages, history and outbox are written, not committed.
        case written
        /// The transaction is on the disk; the deliveries are not acknowledged.
        case committed
        /// The deliveries are acknowledged; nothing has been handed to the relay's connection.
        case acknowledged
        /// The relay is about to publish.
        case publishing
        /// The broker has confirmed; the rows are still in the outbox.
        case confirmed
        /// The confirmed rows are deleted.
        case deleted
    }

    #if DEBUG
    /// The step and the pass of it at which the process ends: `GRIDWORK_TEST_CRASH_AT`, for instance `committed:3`.
    private static let target: (step: Step, pass: Int)? = {
        guard let text = getenv("GRIDWORK_TEST_CRASH_AT").map({ String(cString: $0) }) else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let step = Step(rawValue: String(parts[0])), let pass = Int(parts[1]) else {
            return nil
        }
        return (step, pass)
    }()
    private static let passes = Mutex(0)

    /// The identifier of the message over which the process ends: `GRIDWORK_TEST_CRASH_ON`.
    private static let messageID = getenv("GRIDWORK_TEST_CRASH_ON").map { String(cString: $0) }
    #endif

    /// The status with which the process ends here.
    package static let status: Int32 = 86

    /// Ends the process if this is the step, and the pass of it, that a test named.
    @inline(__always)
    static func reach(_ step: Step) {
        #if DEBUG
        guard let target, target.step == step else { return }
        let pass = passes.withLock { passes in
            passes += 1
            return passes
        }
        if pass == target.pass { _exit(status) }
        #endif
    }

    /// Ends the process if `message` is the one that a test named.
    @inline(__always)
    static func reach(_ message: StoredMessage) {
        #if DEBUG
        if let messageID, message.messageID == messageID { _exit(status) }
        #endif
    }
}
