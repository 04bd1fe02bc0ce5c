//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A write-ahead log as a kill leaves it in the middle of a transaction: after the last commit stands a frame that says
/// it ends one, and is cut short or holds something else than its checksum was made of.
///
/// The layout is SQLite's: a header of 32 bytes, then frames, each a header of 24 bytes and a page.
enum TornLog {
    private static let header = 32
    private static let frameHeader = 24

    /// Writes such a frame into the log at `path`; leaves a log alone that has no header yet.
    static func write(at path: String, random: inout SeededGenerator) throws {
        var log = [UInt8](try Data(contentsOf: URL(filePath: path)))
        guard log.count >= header else { return }
        // What the log and its frames have in common.
        let salts = log[16..<24]
        let frame = frameHeader + Int(log[8]) << 24 + Int(log[9]) << 16 + Int(log[10]) << 8 + Int(log[11])
        var end = header
        // What follows the frames of this log are those of an earlier one, which SQLite writes over.
        while end + frame <= log.count, log[(end + 8)..<(end + 16)] == salts { end += frame }
        // Page 2 in a file of 9 pages, with the log's salts; the rest is anything.
        let start: [UInt8] = [0, 0, 0, 2, 0, 0, 0, 9] + salts
        let length = 1 + random.below(frame)
        let torn = (start + (start.count..<frame).map { _ in UInt8(random.below(256)) }).prefix(length)
        log.replaceSubrange(end..<min(log.count, end + length), with: torn)
        try Data(log).write(to: URL(filePath: path))
    }
}
