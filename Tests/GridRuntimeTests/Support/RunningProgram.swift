//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc
import Synchronization

/// A program that a test started and that still runs, its output going to files.
///
/// Not Foundation's `Process`: it takes a program for running as long as anything that it left behind, such as the
/// broker that a script started, holds on to a descriptor it inherited.
final class RunningProgram: Sendable {
    private let process: pid_t
    private let status = Mutex<Int32?>(nil)
    private let ended: AsyncStream<Int32>
    private let outputPath: String
    private let errorPath: String

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - environment: Added to the test's own.
    ///   - folder: Where its output is kept.
    init(_ path: String, _ arguments: [String], environment: [String: String] = [:], folder: String) throws {
        let name = folder + "/" + UUID().uuidString
        outputPath = name + ".out"
        errorPath = name + ".err"
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process = try Self.spawn(
            [path] + arguments,
            variables.map { "\($0.key)=\($0.value)" },
            output: outputPath,
            errors: errorPath
        )
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self, bufferingPolicy: .bufferingNewest(1))
        ended = stream
        // A thread of its own, because the wait blocks it.
        Thread.detachNewThread { [self] in
            let code = waitForEnd()
            status.withLock { $0 = code }
            continuation.yield(code)
            continuation.finish()
        }
    }

    /// What it has written so far.
    func output() throws -> String { try String(contentsOfFile: outputPath, encoding: .utf8) }

    /// What it has complained of so far.
    func errors() throws -> String { try String(contentsOfFile: errorPath, encoding: .utf8) }

    /// Whether it still runs.
    var isRunning: Bool { status.withLock { $0 == nil } }

    /// Sends it a signal, unless it has ended.
    func signal(_ number: Int32) {
        if isRunning { kill(process, number) }
    }

    /// Waits until it has ended; kills it when the task is cancelled. To be called once.
    ///
    /// - Returns: Its exit status, as a shell tells it: 128 and the signal's number for one that a signal ended.
    func end() async throws -> Int32 {
        for await status in ended { return status }
        signal(SIGKILL)
        throw CancellationError()
    }

    /// Waits until it has written `text`.
    func awaits(_ text: String, within limit: Duration = .seconds(60)) async throws {
        try await poll("the program writes “\(text)”", within: limit) {
            if try self.errors().contains(text) || self.output().contains(text) { return true }
            guard self.isRunning else {
                throw Program.Failed(description: "it ended before it wrote “\(text)”: \(try self.errors())")
            }
            return false
        }
    }

    private func waitForEnd() -> Int32 {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 {
            guard errno == EINTR else { return -1 }
        }
        // As wait(2) lays it out: the low seven bits are the signal, the next byte is the exit status.
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    private static func spawn(
        _ arguments: [String],
        _ environment: [String],
        output: String,
        errors: String
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        var argv = arguments.map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var process: pid_t = 0
        let problem = posix_spawn(&process, arguments[0], &actions, nil, &argv, &envp)
        guard problem == 0 else {
            throw Program.Failed(description: "\(arguments[0]) does not start: \(String(cString: strerror(problem)))")
        }
        return process
    }
}
