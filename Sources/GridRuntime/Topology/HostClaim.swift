//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
package import GridModel

/// A node's claims to the mailboxes it serves: notes on the broker that keep another node from serving them by mistake,
/// which would scatter the pages of one post over two state files.
///
/// A claim is an exchange through which nothing ever goes, `gridwork.host.<mailbox>`, whose argument `alternate-exchange`
/// names the node. The broker compares that argument at every declaration and refuses another one (406), in one step
/// and for a whole cluster; so the first node to declare has the mailbox, and all processes of that node may declare it
/// again. The name is that of the state file, so processes that share a file share its claims.
///
/// Why not an exclusive queue, which only one connection can hold: it would forget a node that is down, whose area must
/// not be served by another file for that; several processes of a node would have to elect the one that holds it; and
/// after a broken connection the node would have to wait until the broker had missed two heartbeats of the old one. A
/// claim stays, costs an entry in the broker's tables, and is no obstacle to its own node, however it comes back.
///
/// The price: an area is handed over on purpose only (`gridwork topology release`), and a copy of a state file has the
/// name of its original, so that two copies are not told apart.
package struct HostClaim: Sendable {
    /// Where a claim stands.
    package enum Standing: Sendable, Hashable {
        /// No node has claimed the mailbox.
        case free
        /// This node has.
        case own
        /// Another node has; the broker's words, which name it where they are not cut short.
        case elsewhere(String)
    }

    /// How much of a state file's name stands in its claims: the broker cuts what it says off at 255 bytes, and both
    /// names should fit.
    private static let nameLength = 12

    /// The name of the node.
    package let node: String

    /// Creates the claims of a state file.
    ///
    /// - Parameter nodeID: The name that the state file was given when it was made.
    package init(nodeID: String) {
        node = String(nodeID.prefix(Self.nameLength))
    }

    /// The exchange that stands for the claim to a mailbox.
    package static func name(of mailbox: Mailbox) -> String { "gridwork.host.\(mailbox.name)" }

    /// Claims mailboxes, or finds them claimed already.
    ///
    /// - Throws: ``HostedElsewhere`` when another node has one of them; some of the others may be claimed by then.
    ///   `AMQPError` when the broker cannot be asked.
    package func claim(_ mailboxes: [Mailbox], over connection: AMQPConnection) async throws {
        let claims = AMQPTopology(exchanges: mailboxes.map(exchange))
        do {
            try await connection.apply(claims)
        } catch let error as AMQPError where error.replyCode == 406 {
            throw HostedElsewhere(node: node, words: error.replyText ?? "")
        }
    }

    /// Looks who has a mailbox, and changes nothing.
    package func standing(of mailbox: Mailbox, over connection: AMQPConnection) async throws -> Standing {
        do {
            try await connection.withChannel { try await $0.checkExchange(Self.name(of: mailbox)) }
            try await connection.withChannel { try await $0.declare(exchange(mailbox)) }
            return .own
        } catch let error as AMQPError where error.replyCode == 404 {
            return .free
        } catch let error as AMQPError where error.replyCode == 406 {
            return .elsewhere(error.replyText ?? "")
        }
    }

    /// Takes claims back, whoever made them, so that another node can host the mailboxes.
    package static func release(_ mailboxes: [Mailbox], over connection: AMQPConnection) async throws {
        try await connection.withChannel { channel in
            for mailbox in mailboxes { try await channel.deleteExchange(name(of: mailbox)) }
        }
    }

    private func exchange(_ mailbox: Mailbox) -> AMQPExchange {
        AMQPExchange(
            name: Self.name(of: mailbox),
            type: .fanout,
            internal: true,
            arguments: ["alternate-exchange": .string(node)]
        )
    }
}

/// A mailbox that this node should serve belongs to another node.
package struct HostedElsewhere: Error, CustomStringConvertible {
    /// This node.
    let node: String
    /// The broker's words, which name the mailbox and the node that has it.
    let words: String

    package var description: String {
        "another node than this one, \(node), hosts some of its areas: \(words). Take them out of node.areas here, or into "
            + "node.except; if they are to move here, take them out there, stop that node, and run gridwork topology "
            + "release"
    }
}
