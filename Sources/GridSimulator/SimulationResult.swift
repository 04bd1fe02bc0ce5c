//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How one run went.
package struct SimulationResult: Sendable, Hashable, Encodable {
    /// The seed; the same seed gives the same result.
    package let seed: UInt64
    /// How many steps it took.
    package let steps: Int
    /// How many messages, commands and timers were handled.
    package let handled: Int
    /// The fingerprint of everything that happened.
    package let digest: String
    /// What was found broken, in sentences; empty when nothing was.
    package let broken: [String]
    /// What happened last, when something was found broken.
    package let trace: [String]
}
