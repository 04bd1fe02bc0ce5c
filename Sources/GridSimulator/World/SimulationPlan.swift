//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridRuntime

/// What a seed decides for a whole run: how many nodes, how long, and how often each kind of fault happens.
///
/// A kind of fault is often absent and sometimes frequent, since a fault that is always there hides what the others
/// alone would show.
struct SimulationPlan {
    /// How many state files there are: one for the whole street, or two, each with a community.
    let nodes: Int
    /// How many processes share each state file.
    let processes: Int
    /// How many steps people and faults have before everybody only works.
    let steps: Int
    /// How many orders are issued.
    let orders: Int
    /// Whether an order may be recalled as a whole.
    let recallsOrders: Bool
    /// How many in a thousand mails are attended to by an agent.
    let attention: Int
    /// How agents behave.
    let behaviour: AgentBehaviour
    /// How many in a thousand people's acts are anybody's, right or wrong.
    let whims: Int

    // MARK: Faults, in a thousand

    /// A publish that the broker never got.
    let publishesLost: Int
    /// A publish that the broker got, its confirm lost.
    let confirmsLost: Int
    /// A publish that the broker refused.
    let publishesRefused: Int
    /// A publish that reaches its mailbox twice.
    let publishesDoubled: Int
    /// A publish that reaches its mailbox much later.
    let publishesLate: Int
    /// A delivery out of turn.
    let deliveriesOutOfTurn: Int
    /// A connection that breaks, at each step.
    let disconnects: Int
    /// A process that dies between two steps.
    let crashes: Int
    /// A process that dies at one of the points inside a transaction.
    let crashesInside: Int
    /// A clock that is set, at each step.
    let clockJumps: Int
    /// A deadline that is missed and then lies ahead again, at each step.
    let recurrences: Int

    init(random: inout SeededGenerator, seed: UInt64) {
        func often(_ some: Int, _ many: Int) -> Int { random.pick([0, 0, some, some, many]) }
        nodes = random.happens(400) ? 2 : 1
        processes = random.happens(400) ? 2 : 1
        steps = random.pick([100, 200, 300, 500])
        orders = random.happens(200) ? 2 : 1
        recallsOrders = random.happens(100)
        attention = random.pick([0, 300, 800, 1_000])
        behaviour = AgentBehaviour(
            delay: 0...0,
            returnShare: random.pick([0, 0.1, 0.3]),
            escalateShare: random.pick([0, 0.1, 0.3]),
            seed: seed
        )
        whims = random.pick([100, 300, 600])
        publishesLost = often(20, 150)
        confirmsLost = often(20, 150)
        publishesRefused = often(10, 50)
        publishesDoubled = often(50, 300)
        publishesLate = often(50, 300)
        deliveriesOutOfTurn = random.pick([0, 200, 800])
        disconnects = often(5, 20)
        crashes = often(5, 20)
        crashesInside = often(10, 50)
        clockJumps = often(10, 30)
        recurrences = often(20, 60)
    }
}
