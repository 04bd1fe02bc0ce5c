//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import GridModel
import GridStore

/// What was promised: messages that must have been handled when everything has come to rest.
struct Ledger {
    /// A message that somebody was told is safe.
    struct Promise: Hashable {
        let node: Int
        let source: String
        let id: MessageID
    }

    /// Each with what was promised about it first.
    private(set) var promises: [(promise: Promise, what: String)] = []
    private var known: Set<Promise> = []

    /// Notes a message that was sent, confirmed or acknowledged.
    mutating func note(_ message: StoredMessage, on node: Int, as what: String) {
        guard let id = MessageID(message.messageID) else { return }
        note(Promise(node: node, source: message.headers["ce-source"] ?? "", id: id), as: what)
    }

    /// Notes a command whose result somebody was given.
    mutating func note(_ command: Command, on node: Int) {
        note(Promise(node: node, source: command.actor.description, id: command.id), as: "performed")
    }

    private mutating func note(_ promise: Promise, as what: String) {
        if known.insert(promise).inserted { promises.append((promise, what)) }
    }
}
