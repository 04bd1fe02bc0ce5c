//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

/// The exchanges and queues that are not mailboxes; the design's topology.
package enum ExchangeName {
    /// All mail between posts. A topic exchange that only nodes may write.
    package static let mail = "gridwork"
    /// What agents ask for. A topic exchange on which an agent may write its own post's keys.
    package static let commands = "gridwork.commands"
    /// What no queue was bound for; the alternate exchange of both, and the queue behind it.
    package static let unrouted = "gridwork.unrouted"
    /// What could not be handled; the exchange and the queue behind it.
    package static let dead = "gridwork.dead"
}
