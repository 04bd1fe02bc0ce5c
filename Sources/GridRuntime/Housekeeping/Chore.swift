//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// Something that keeps the state file from growing for ever, done every hour.
protocol Chore: Sendable {
    /// What it does, for the log.
    var name: String { get }

    /// Does it, in steps for which nobody waits long; what is left when it is cancelled is done the next time.
    ///
    /// - Parameter now: The time.
    /// - Returns: How much of it there was.
    /// - Throws: `StoreError`; `CancellationError`.
    func run(at now: Instant) async throws -> Int
}
