//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridStore

/// Something that a test waited for and that did not come.
struct TimedOut: Error, CustomStringConvertible {
    let description: String
}

/// Asks again and again until `isTrue`, for what nobody announces.
func poll(
    _ what: String,
    within limit: Duration = .seconds(120),
    _ isTrue: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while try await !isTrue() {
        guard ContinuousClock.now < deadline else { throw TimedOut(description: "not within \(limit): \(what)") }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Runs `body`, and gives it up when it takes longer than `limit`.
func within<Value: Sendable>(
    _ limit: Duration,
    _ what: String,
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await Task.sleep(for: limit)
            throw TimedOut(description: "not within \(limit): \(what)")
        }
        defer { group.cancelAll() }
        guard let value = try await group.next() else { throw CancellationError() }
        return value
    }
}

extension StateFile {
    /// Waits until `isTrue` of the file, looking again after every commit.
    ///
    /// - Throws: `TimedOut`, with how the assignments stand.
    func eventually(
        _ what: String,
        within limit: Duration = .seconds(120),
        _ isTrue: @escaping @Sendable (StoreReader) throws -> Bool
    ) async throws {
        // Watched from before the first look, so that no commit falls between.
        let changes = try changes()
        try await GridRuntimeTests.within(limit, what) {
            if try await self.read(isTrue) { return }
            for await _ in changes where try await self.read(isTrue) { return }
            try Task.checkCancellation()
            throw TimedOut(description: "the state file was closed before \(what)")
        }
    }
}
