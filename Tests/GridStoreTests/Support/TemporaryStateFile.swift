//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Testing

@testable import GridStore

/// Runs a test with a folder of its own, which is gone afterwards.
func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("gridstore-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // Some tests open a database by themselves, and one of them may be the first of the process.
    _ = PageMemory.isInUse
    return try await body(folder)
}

/// Runs a test with a new state file, which is closed and gone afterwards.
func withStateFile<R>(
    busyTimeout: Duration = .seconds(10),
    _ body: (StateFile) async throws -> R
) async throws -> R {
    try await withFolder { folder in
        let file = try StateFile.open(at: folder + "/state.gridwork", busyTimeout: busyTimeout)
        do {
            let result = try await body(file)
            try file.close()
            return result
        } catch {
            try file.close()
            throw error
        }
    }
}

/// Waits until `condition` holds; fails the test when it does not within five minutes: tests that keep the processor busy run
/// beside it, and a task was seen to wait a minute for its turn.
func eventually(_ what: Comment, _ condition: () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + .seconds(300)
    while try await !condition() {
        try #require(ContinuousClock.now < deadline, what)
        try await Task.sleep(for: .milliseconds(2))
    }
}

/// Expects a `StoreError` with a code.
func expectStoreError<R>(
    _ code: StoreError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> R
) async {
    do {
        _ = try await body()
        Issue.record("no error was thrown", sourceLocation: sourceLocation)
    } catch let error as StoreError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
    } catch {
        Issue.record("\(error)", sourceLocation: sourceLocation)
    }
}

/// When a file was last modified.
func modification(of path: String) throws -> Date? {
    try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
}
