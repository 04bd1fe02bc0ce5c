//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

#if DEBUG
import GridStore
import Glibc

/// Where a test makes the process end, as a fault in the handling of one message would. No part of release builds.
enum CrashPoint {
    /// The identifier of the message, from `GRIDWORK_TEST_CRASH_ON`.
    private static let messageID = getenv("GRIDWORK_TEST_CRASH_ON").map { String(cString: $0) }

    /// Ends the process at once, with status 86, if `message` is the one.
    static func reach(_ message: StoredMessage) {
        if let messageID, message.messageID == messageID { _exit(86) }
    }
}
#endif
