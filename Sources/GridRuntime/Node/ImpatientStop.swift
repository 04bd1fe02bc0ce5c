//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Glibc
package import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the process at once when a second SIGTERM or SIGINT arrives during a graceful stop.
///
/// Nothing is lost by it: what was not committed is delivered again, what was not confirmed is still in the outbox.
package struct ImpatientStop: Service {
    private let logger: Logger

    /// Creates the service.
    package init(logger: Logger) {
        self.logger = logger
    }

    /// Waits for the second signal, or for the end of the group.
    ///
    /// A group stops its services in reverse order, so this one has to be the first to live through the stop.
    package func run() async throws {
        var seen = 0
        for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint).cancelOnGracefulShutdown() {
            seen += 1
            guard seen > 1 else { continue }
            logger.warning("Stopping at once", metadata: [LogKey.reason: "\(signal)"])
            // The shell's convention for an end by signal.
            exit(128 + signal.rawValue)
        }
    }
}
