//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// How stand-in agents behave.
package struct AgentBehaviour: Sendable {
    /// How long an agent takes for each step, in seconds.
    package var delay: ClosedRange<Double>
    /// The share of assignments given back, 0 to 1.
    package var returnShare: Double
    /// The share of assignments escalated, 0 to 1.
    package var escalateShare: Double
    /// Another seed makes other choices about the same mail.
    package var seed: UInt64

    /// Creates a behaviour.
    package init(
        delay: ClosedRange<Double>,
        returnShare: Double = 0,
        escalateShare: Double = 0,
        seed: UInt64 = 0
    ) {
        self.delay = delay
        self.returnShare = returnShare
        self.escalateShare = escalateShare
        self.seed = seed
    }
}
