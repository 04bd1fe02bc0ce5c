//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridStore
package import Logging
import ServiceLifecycle

/// Removes what nobody refers to from the folder of attached files, at the start and then every hour.
package struct FileKeeper: Service {
    /// How often it looks. What it removes is a day old, so it is in no hurry.
    static let interval = Duration.seconds(3_600)

    private let store: StateFile
    private let clock: WallClock
    private let logger: Logger

    /// Creates a keeper.
    package init(store: StateFile, clock: WallClock, logger: Logger) {
        self.store = store
        self.clock = clock
        self.logger = logger
    }

    /// Keeps the folder until the task is cancelled or told to stop.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                await collect()
                _ = try await stopping.race { try await Task.sleep(for: Self.interval) }
            }
        } onGracefulShutdown: {
            stopping.set()
        }
    }

    /// Looks once. What fails is tried again the next time: nothing but room depends on it.
    private func collect() async {
        do {
            let count = try await store.collectFiles(at: clock.now)
            if count > 0 { logger.info("Removed files that nothing refers to", metadata: [LogKey.count: "\(count)"]) }
        } catch is CancellationError {
            // The node is stopping.
        } catch {
            logger.warning("Files that nothing refers to could not be removed; trying again in an hour", error: error)
        }
    }
}
