//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// What the broker made of one attempt by one kind of credential.
package struct PermissionTrial: Sendable, Hashable {
    /// Whose credential it was.
    package enum Credential: String, Sendable, Encodable, CaseIterable {
        /// The node's own user.
        case node
        /// The user of one post's agent.
        case agent
    }

    /// What the broker did, or should do.
    package enum Outcome: String, Sendable, Encodable {
        case allowed, refused
    }

    /// What was tried.
    package let attempt: PermissionAttempt
    /// By whom.
    package let credential: Credential
    /// What came of it.
    package let outcome: Outcome

    /// What has to come of it.
    package var expected: Outcome {
        switch credential {
        case .node: attempt.isForNode ? .allowed : .refused
        case .agent: attempt.isForAgent ? .allowed : .refused
        }
    }

    /// Whether the broker did what it should.
    package var isSound: Bool { outcome == expected }
}

/// Something that is tried at the broker. None of it reaches a mailbox that is served, whatever the broker allows.
package enum PermissionAttempt: String, Sendable, CaseIterable {
    case takeOwn = "take a message from the agent's own queue"
    case see = "see how much waits in a mailbox"
    case take = "take a message from a mailbox"
    case takeDead = "take a dead letter"
    case empty = "empty a mailbox"
    case unbind = "cut a mailbox off"
    case bind = "have mail copied to the agent's own queue"
    case declareQueue = "declare a queue"
    case declareExchange = "declare an exchange"
    case sendMail = "send mail"
    case putIn = "put a message straight into a mailbox"
    case command = "give a command for another post"
    case impersonate = "send in another user's name"
    case delete = "delete a mailbox"
    case manage = "list users by the management API"

    /// Whether it is tried by a credential. A node does not take dead letters to try: each time counts as an attempt.
    func isTried(by credential: PermissionTrial.Credential) -> Bool { self != .takeDead || credential == .agent }

    /// Whether a node has to be able to do it.
    package var isForNode: Bool { self != .impersonate }

    /// Whether an agent may. RabbitMQ asks no permission of whoever looks at a queue without changing it.
    package var isForAgent: Bool { self == .takeOwn || self == .see }
}
