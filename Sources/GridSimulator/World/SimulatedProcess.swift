//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridRuntime
import GridStore

/// A process of a node: what it holds in memory, which is gone when it dies.
final class SimulatedProcess {
    /// A row that was given to the broker, and what the process will hear of it.
    struct Publish {
        enum Outcome {
            case confirmed, refused, connectionLost
        }

        let row: OutboxRow
        let outcome: Outcome
    }

    let number: Int
    let outbox: Outbox
    /// What was delivered and is not handled yet.
    var inHand: [SimulatedBroker.Delivery] = []
    /// What was handled and is not acknowledged yet.
    var handled: [SimulatedBroker.Delivery] = []
    /// What was published and not heard of yet.
    var published: [Publish] = []
    /// Whether the relay has a connection.
    var isRelaying = false

    init(number: Int) {
        self.number = number
        outbox = Outbox(owner: ProcessIdentity(simulated: Self.owner(number)))
    }

    /// The name of a process in its leases.
    static func owner(_ number: Int) -> String { "simulated:\(number)" }
}
