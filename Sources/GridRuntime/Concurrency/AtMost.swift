//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Waits for something, at most `limit`; returns early when the task is cancelled.
///
/// - Parameter wait: Returns early when its task is cancelled.
func atMost(_ limit: Duration, _ wait: @escaping @Sendable () async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
        group.addTask { await wait() }
        group.addTask {
            // The end of the other child, or of the caller, reaches this one as cancellation.
            do { try await Task.sleep(for: limit) } catch { return }
        }
        await group.next()
        group.cancelAll()
    }
}
