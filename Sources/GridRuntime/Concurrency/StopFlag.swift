//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Says that a loop is to end when what it has in hand is done.
package final class StopFlag: Sendable {
    private let threshold = Threshold()

    /// Creates a flag that is not set.
    package init() {}

    /// Sets the flag for good.
    package func set() {
        threshold.raise(to: 1)
    }

    /// Whether the flag is set.
    package var isSet: Bool { threshold.value > 0 }

    /// Waits until the flag is set; returns early when the task is cancelled.
    package func wait() async {
        await threshold.wait(above: 0)
    }

    /// Runs `operation` until it ends or the flag is set, whichever comes first; the flag cancels it.
    ///
    /// - Returns: What `operation` returned, nil when the flag came first.
    package func race<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        if isSet { return nil }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await operation() }
            group.addTask {
                await self.wait()
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
    }
}
