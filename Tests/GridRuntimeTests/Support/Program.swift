//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

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
