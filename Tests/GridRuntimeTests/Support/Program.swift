//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc

/// Another program, run by a test.
enum Program {
    /// What a program that ended left behind.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    /// A program that did not do what the test needs of it.
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Debian's Python, where `pika` and `jsonschema` are installed.
    static let python = "/usr/bin/python3"

    /// The `gridwork` that was built together with this test bundle and lies beside it.
    static let gridwork: String = {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return bundle.deletingLastPathComponent().appendingPathComponent("gridwork").path
    }()

    /// A file of the project by its path from the top.
    static func projectFile(_ path: String) -> String {
        var folder = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder.appendingPathComponent(path).path
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - environment: Added to the test's own.
    ///   - expecting: The exit status it has to end with; nil for any.
    static func run(
        _ path: String,
        _ arguments: [String],
        environment: [String: String] = [:],
        expecting: Int32? = 0
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            let running = try RunningProgram(path, arguments, environment: environment, folder: folder)
            let status = try await running.end()
            let result = Result(status: status, output: try running.output(), errors: try running.errors())
            if let expecting, status != expecting {
                let name = URL(fileURLWithPath: path).lastPathComponent
                throw Failed(
                    description: "\(name) \(arguments.joined(separator: " ")) ended with \(status):\n"
                        + result.output.suffix(2_000) + result.errors.suffix(4_000)
                )
            }
            return result
        }
    }
}

/// A program that a test started and that still runs, its output going to files.
final class RunningProgram: Sendable {
    private let process: Process
    private let ended: AsyncStream<Int32>
    private let outputPath: String
    private let errorPath: String

    /// Starts a program.
    ///
    /// - Parameter folder: Where its output is kept.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], folder: String) throws {
        let name = folder + "/" + UUID().uuidString
        outputPath = name + ".out"
        errorPath = name + ".err"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.newFile(outputPath)
        process.standardError = try Self.newFile(errorPath)
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        process.terminationHandler = { process in
            // As a shell tells it: a program ended by a signal has 128 and the signal's number.
            let bySignal = process.terminationReason == .uncaughtSignal
            continuation.yield(process.terminationStatus + (bySignal ? 128 : 0))
            continuation.finish()
        }
        ended = stream
        self.process = process
        try process.run()
    }

    private static func newFile(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    /// What it has written so far.
    func output() throws -> String { try String(contentsOfFile: outputPath, encoding: .utf8) }

    /// What it has complained of so far.
    func errors() throws -> String { try String(contentsOfFile: errorPath, encoding: .utf8) }

    /// Whether it still runs.
    var isRunning: Bool { process.isRunning }

    /// Sends it a signal.
    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits until it has ended; kills it when the task is cancelled. To be called once.
    func end() async throws -> Int32 {
        for await status in ended { return status }
        signal(SIGKILL)
        throw CancellationError()
    }

    /// Waits until it has written `text`.
    func awaits(_ text: String, within limit: Duration = .seconds(20)) async throws {
        try await poll("the program writes “\(text)”", within: limit) {
            if try self.errors().contains(text) || self.output().contains(text) { return true }
            guard self.isRunning else {
                throw Program.Failed(description: "it ended before it wrote “\(text)”: \(try self.errors())")
            }
            return false
        }
    }
}
