//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Subprocess
import SystemPackage

/// Runs a program to its end.
///
/// - Parameters:
///   - path: Where it is.
///   - folder: Where it works; nil for where the tests do.
///   - input: What it reads.
/// - Returns: Its exit status, -1 where a signal ended it, and what it printed, complaints and all.
func program(
    _ path: String,
    _ arguments: [String],
    in folder: String? = nil,
    input: String = ""
) async throws -> (status: Int32, output: String) {
    let result = try await Subprocess.run(
        .path(FilePath(path)),
        arguments: Arguments(arguments),
        workingDirectory: folder.map { FilePath($0) },
        input: .string(input),
        output: .bytes(limit: 16_777_216),
        error: .combinedWithOutput
    )
    let status: Int32 = if case .exited(let code) = result.terminationStatus { code } else { -1 }
    return (status, String(decoding: result.standardOutput, as: UTF8.self))
}
