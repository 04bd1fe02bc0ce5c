//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation

/// Draws with gnuplot: a process of its own, for one picture, that is given figures and names and no commands but ours.
enum Gnuplot {
    /// The picture could not be drawn.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// How many seconds a picture may take; then the process is killed.
    private static let seconds = 5
    /// The largest picture, in bytes.
    private static let largest = 1_048_576

    private static func style(_ height: Int) -> String {
        """
        set terminal svg noenhanced size 880,\(height) font 'sans-serif,13' background '#ffffff'; set encoding utf8; \
        set datafile separator "\\t"; set datafile commentschars ''; set border 3 linecolor rgb '#4f5863'; \
        set tics nomirror textcolor rgb '#1a1d21'; set key autotitle columnheader;
        """
    }

    /// Draws a picture, as SVG.
    ///
    /// - Parameters:
    ///   - commands: What is drawn, constant but for figures; what it draws is in `/dev/stdin`.
    ///   - height: How high it is, in pixels; all are 880 wide.
    ///   - rows: The values, the first row their names. They reach gnuplot as data, which it never reads as commands.
    /// - Throws: `Failure`, `CancellationError`, or what keeps the process from being started.
    static func svg(_ commands: String, height: Int, _ rows: [[String]]) async throws -> [UInt8] {
        // From a file without a name: gnuplot reads it once for each line it draws, and nothing waits for a pipe.
        let data = try UnnamedFile()
        try data.write(rows.map { $0.map(plain).joined(separator: "\t") }.joined(separator: "\n") + "\n")
        do {
            let ended = try await Tool.run(
                ["/usr/bin/gnuplot", "-d", "-e", style(height) + commands],
                seconds: seconds,
                input: data,
                mostOutput: largest
            )
            guard ended.status == 0, !ended.output.isEmpty else {
                throw Failure(description: "gnuplot ended with \(ended.status) after \(ended.output.count) bytes")
            }
            return ended.output
        } catch let failure as Tool.Failure {
            throw Failure(description: "no picture from gnuplot: \(failure)")
        }
    }

    /// A text that gnuplot shows as it is: its data has lines, tabs and quotes, and its labels formats.
    private static func plain(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(60).map { scalar -> Unicode.Scalar in
                    switch scalar {
                    case "\"": "\u{201d}"
                    case "%": "\u{ff05}"
                    case "\\": "\u{ff3c}"
                    default: scalar.properties.generalCategory == .control ? " " : scalar
                    }
                }
            )
        )
    }
}
