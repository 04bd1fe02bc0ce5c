//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime

/// What happened in a run: a fingerprint of all of it, the last lines to read, and each line as it is written for
/// whoever listens.
struct Trace {
    /// How many lines are kept to be read.
    private static let kept = 60

    private var fingerprint = Fingerprint()
    private var ring: [String] = []
    private(set) var count = 0
    private let listener: ((String) -> Void)?

    init(listener: ((String) -> Void)?) {
        self.listener = listener
    }

    /// The fingerprint of every line so far.
    var digest: String { fingerprint.text }

    /// The last lines, oldest first.
    var lastLines: [String] {
        let start = count % Self.kept
        return ring.count < Self.kept ? ring : Array(ring[start...] + ring[..<start])
    }

    mutating func add(_ line: String) {
        fingerprint.add(line)
        if ring.count < Self.kept { ring.append(line) } else { ring[count % Self.kept] = line }
        count += 1
        listener?(line)
    }
}
