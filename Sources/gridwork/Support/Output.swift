//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import Glibc

/// Writes results to standard output and failures to standard error, for people or as JSON.
struct Output: Sendable {
    let json: Bool

    /// Whether standard output is a terminal.
    var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Prints a line for people.
    func line(_ text: String = "") {
        write(text + "\n", to: .standardOutput)
    }

    /// Prints a value as one line of JSON.
    func value(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        write(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n", to: .standardOutput)
    }

    /// Prints a value as JSON, or what `lines` makes of it for people.
    func result<Value: Encodable>(_ value: Value, _ lines: (Value) -> [String]) throws {
        if json {
            try self.value(value)
        } else {
            for line in lines(value) { self.line(line) }
        }
    }

    /// Says what went wrong and what to do.
    func report(_ failure: Failure) {
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            if let data = try? encoder.encode(failure.problem) {
                write(String(decoding: data, as: UTF8.self) + "\n", to: .standardError)
                return
            }
        }
        var text = "gridwork: \(failure.problem.title): \(failure.problem.detail)\n"
        for finding in failure.problem.findings ?? [] {
            let place = finding.line.map { "line \($0), " } ?? ""
            text += "  \(place)\(finding.pointer): \(finding.message)\n"
        }
        write(text, to: .standardError)
    }

    private func write(_ text: String, to file: FileHandle) {
        file.write(Data(text.utf8))
    }
}
