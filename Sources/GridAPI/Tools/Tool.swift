//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Subprocess
import SystemPackage

/// A program of another project, run in a process of its own with a limit on its time and without the node's environment.
///
/// Not by Foundation's `Process`: it reads past the end of its list of open files where there are more than some 1,365, and
/// so a process with 1,673 of them crashed as it converted a photo (Swift 6.3.1, in three of fourteen runs).
enum Tool {
    /// How a tool ended.
    struct Ended {
        /// Its exit status, as a shell tells it: 128 and the signal's number for one that a signal ended.
        let status: Int32
        let output: [UInt8]
    }

    /// Why a tool was not run to its end.
    enum Failure: Error, Equatable {
        /// It, or what limits its time, is not installed.
        case notInstalled(String)
        /// It wrote more than was asked for, and was ended.
        case tooMuchOutput(limit: Int)
    }

    /// What every tool is told.
    private static let standard = ["PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]

    /// Runs a tool to its end, which a limit on its time brings; ends it when the task is cancelled.
    ///
    /// - Parameters:
    ///   - arguments: Its path and its arguments.
    ///   - seconds: How long it may take; then it is killed.
    ///   - environment: What it is told besides `PATH`, `LC_ALL` and `HOME`.
    ///   - folder: Where it works; nil for where this process does.
    ///   - input: A file it reads as its standard input, from the start; nil for none.
    ///   - mostOutput: How many bytes it may print.
    ///   - mostWritten: How many bytes a file may have that it writes, where it writes others than what it prints.
    /// - Throws: `Failure`, `CancellationError`, or what kept it from being started.
    static func run(
        _ arguments: [String],
        seconds: Int,
        environment: [String: String] = [:],
        in folder: String? = nil,
        input: UnnamedFile? = nil,
        mostOutput: Int,
        mostWritten: Int? = nil
    ) async throws -> Ended {
        // All are seen to here: what is missing would look like a tool that failed.
        let (timer, limiter) = ("/usr/bin/timeout", "/usr/bin/prlimit")
        for path in [timer, limiter, arguments[0]] where !FileManager.default.isExecutableFile(atPath: path) {
            throw Failure.notInstalled(String(path.split(separator: "/").last ?? ""))
        }
        var options = PlatformOptions()
        // Asked to end, the timer ends the tool as well; killed at once, it could not.
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        let limits = ["--fsize=\(max(mostWritten ?? 0, mostOutput + 1))", "--core=0", "--"]
        let configuration = Configuration(
            executable: .path(FilePath(timer)),
            // The tool ends also when this process is gone.
            arguments: Arguments(["--kill-after=1", "\(seconds)", limiter] + limits + arguments),
            environment: .custom(
                Dictionary(
                    uniqueKeysWithValues: standard.merging(environment) { $1 }
                        .map { (Environment.Key(stringLiteral: $0), $1) }
                )
            ),
            workingDirectory: folder.map { FilePath($0) },
            platformOptions: options
        )
        // Into a file: what is in a pipe when the tool ends may be lost, as a million bytes on a busy machine were.
        let file = try UnnamedFile()
        let output = FileDescriptorOutput.fileDescriptor(file.descriptor, closeAfterSpawningProcess: false)
        let status: TerminationStatus
        if let input {
            let source = FileDescriptorInput.fileDescriptor(input.descriptor, closeAfterSpawningProcess: false)
            status = try await Subprocess.run(configuration, input: source, output: output).terminationStatus
        } else {
            status = try await Subprocess.run(configuration, output: output).terminationStatus
        }
        try Task.checkCancellation()
        let printed = try file.read(upTo: mostOutput + 1)
        if printed.count > mostOutput { throw Failure.tooMuchOutput(limit: mostOutput) }
        return Ended(status: code(of: status), output: printed)
    }

    private static func code(of status: TerminationStatus) -> Int32 {
        switch status {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
