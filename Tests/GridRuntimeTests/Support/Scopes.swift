//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

/// Runs `body` and then `cleanUp`, also when the body throws or the task is cancelled; the first error is thrown.
func finally<Value>(
    _ body: () async throws -> Value,
    then cleanUp: @escaping @Sendable () async throws -> Void
) async throws -> Value {
    // Cancellation must not reach the cleaning up, which is awaited all the same.
    func cleanUpFully() async throws { try await Task { try await cleanUp() }.value }
    do {
        let value = try await body()
        try await cleanUpFully()
        return value
    } catch {
        // The body's error is the one to throw; what was left behind is worth knowing all the same.
        do { try await cleanUpFully() } catch { Issue.record(error, "cleaning up after a failure failed as well") }
        throw error
    }
}

/// Runs `body` with an empty folder, which is removed afterwards.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.path + "/gridwork-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try await finally {
        try await body(folder)
    } then: {
        try FileManager.default.removeItem(atPath: folder)
    }
}
