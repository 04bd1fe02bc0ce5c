//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel

/// What people and their agents have in mind.
struct SimulatedPeople {
    /// A command somebody means to send.
    struct Intention {
        let command: Command
        /// The step before which it is not sent.
        let notBefore: Int
    }

    var intentions: [Intention] = []
    private var commandCount = 0

    /// An identifier that no other command of the run has.
    mutating func nextID() -> MessageID {
        commandCount += 1
        guard let id = MessageID("person-\(commandCount)") else { preconditionFailure("Cannot name a command") }
        return id
    }
}
