//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime

/// A fingerprint of several runs, in their order.
package struct RunDigest: Sendable {
    private var fingerprint = Fingerprint()

    /// Creates the digest of no run.
    package init() {}

    /// Takes in a run.
    package mutating func add(_ result: SimulationResult) {
        fingerprint.add("\(result.seed) \(result.digest) \(result.broken.count)")
    }

    /// The digits.
    package var text: String { fingerprint.text }
}
