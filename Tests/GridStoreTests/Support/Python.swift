//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Dispatch
import Foundation

/// A Python program did not end with 0.
struct PythonFailed: Error {
    let status: Int32
}

/// Runs a Python program, a process of its own with SQLite of its own, to its end.
func python(_ script: String, _ arguments: String...) async throws {
    let process = pythonProcess(script, arguments)
    try await finish(process) { try process.run() }
}

/// Runs a Python program that prints a line when it has begun and ends when it may; `body` runs in between and tells.
func withPython<R>(
    _ script: String,
    _ arguments: String...,
    body: (_ release: () throws -> Void) async throws -> R
) async throws -> R {
    let process = pythonProcess(script, arguments)
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    defer {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
    _ = try output.fileHandleForReading.read(upToCount: 1)
    return try await body {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        process.waitUntilExit()
    }
}

private func pythonProcess(_ script: String, _ arguments: [String]) -> Process {
    let process = Process()
    // Debian's own; another one may come first on the path.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", script] + arguments
    return process
}

private func finish(_ process: Process, start: () throws -> Void) async throws {
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
        process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
        do { try start() } catch { continuation.resume(throwing: error) }
    }
    guard status == 0 else { throw PythonFailed(status: status) }
}
