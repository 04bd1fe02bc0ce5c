//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime

/// Choices made by division, so that a seed means the same run under every version of the standard library.
extension SeededGenerator {
    /// A number from 0 to below `bound`; 0 where nothing is below it.
    mutating func below(_ bound: Int) -> Int {
        bound > 0 ? Int(next() % UInt64(bound)) : 0
    }

    /// Whether something happens that happens so many times in a thousand.
    mutating func happens(_ permille: Int) -> Bool {
        below(1_000) < permille
    }

    /// One of the elements.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        precondition(!elements.isEmpty, "Cannot pick one of nothing")
        return elements[below(elements.count)]
    }
}
