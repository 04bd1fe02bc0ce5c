//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore
package import Logging

/// What a service does about a state file that is busy or full: others hold it for a while, and disks are made room on.
package enum StoreTrouble {
    /// How long to wait before the file is tried again.
    package static let pause = Duration.seconds(1)

    /// Runs `body`, and again whenever the state file was busy or full, until it returns or the flag is set.
    ///
    /// - Parameters:
    ///   - message: What to log when it happens.
    ///   - body: Has to leave nothing half done when the file fails it: what came is not acknowledged, what was sent
    ///     stays in the outbox.
    /// - Throws: Whatever else `body` throws.
    package static func riddenOut(
        until stopping: StopFlag,
        saying message: Logger.Message,
        to logger: Logger,
        _ body: @Sendable () async throws -> Void
    ) async throws {
        repeat {
            do {
                return try await body()
            } catch let error as StoreError where error.code == .busy || error.code == .full {
                logger.error(message, error: error)
                _ = try await stopping.race { try await Task.sleep(for: pause) }
            }
        } while !Task.isCancelled && !stopping.isSet
    }
}
