//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridStore
package import Logging
import ServiceLifecycle
import Synchronization

/// Sees to it that it is known whether the state file can be written, so that nobody who asks has to try it.
package final class StateFileProbe: Service {
    /// How often it is tried.
    static let interval = Duration.seconds(5)
    /// How long ago it may have succeeded: a writer waits ten seconds for others before it gives up.
    static let patience = Duration.seconds(20)

    private let store: StateFile
    private let logger: Logger
    /// When it succeeded last, or was begun with.
    private let last = Mutex(ContinuousClock.now)

    /// Creates a probe of a file that was opened a moment ago.
    package init(store: StateFile, logger: Logger) {
        self.store = store
        self.logger = logger
    }

    /// How long ago the file could be written.
    package var age: Duration { .now - last.withLock(\.self) }

    /// Tries until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                do {
                    try await store.proveWritable()
                    last.withLock { $0 = .now }
                } catch let error as StoreError {
                    // Those who write to it say so louder; here it is only remembered.
                    logger.info("The state file could not be written", error: error)
                }
                _ = try await stopping.race { try await Task.sleep(for: Self.interval) }
            }
        } onGracefulShutdown: {
            stopping.set()
        }
    }
}
