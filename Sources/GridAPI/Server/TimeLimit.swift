//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// Runs `body` and cancels it when it takes longer than `limit`.
///
/// What can no longer be cancelled, a commit that has begun, is waited for, and counts if it succeeds.
///
/// - Throws: What `body` throws, or a problem that says the time is over.
func withTimeLimit<R: Sendable>(
    _ limit: Duration,
    _ body: @escaping @Sendable () async throws -> R
) async throws -> R {
    try await withThrowingTaskGroup(of: R?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        if let first = try await group.next(), let result = first { return result }
        group.cancelAll()
        do {
            if let last = try await group.next(), let result = last { return result }
        } catch is CancellationError {
            // That is what was asked for.
        }
        throw Problem.busy("the request took longer than \(limit); ask for less, or try again in a moment")
    }
}
