//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import ArgumentParser

/// Seeds as given on the command line, `1..500`, or one alone.
struct SeedRange: ExpressibleByArgument, CustomStringConvertible {
    let range: ClosedRange<UInt64>

    init(_ range: ClosedRange<UInt64>) {
        self.range = range
    }

    init?(argument: String) {
        let ends = argument.split(separator: "..", omittingEmptySubsequences: false).map { UInt64($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last else {
            return nil
        }
        range = first...last
    }

    var description: String { "\(range.lowerBound)..\(range.upperBound)" }

    var defaultValueDescription: String { description }
}
