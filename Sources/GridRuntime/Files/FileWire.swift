//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel

/// How files travel between nodes: a node asks the one that has a file for some pieces of it, and gets each as a message.
///
/// Over the broker, since nodes share nothing else, but over an exchange, queues and a connection of their own, so that no
/// photo stands before mail. All of it can be lost and is asked for again, so nothing of it is durable, and the
/// queues are bounded in number and time.
enum FileWire {
    /// The exchange on which nodes are asked. A direct exchange; the keys are the names of nodes.
    static let exchange = "gridwork.files"
    /// The size of a piece, in bytes: two frames of RabbitMQ's usual size.
    static let pieceSize = 262_144
    /// The most pieces that are asked for at once; with the size of a piece it bounds what is on its way for one file.
    static let mostPieces = 8
    /// How long a message waits, in milliseconds; whoever asked asks again sooner.
    private static let lifetime: Int64 = 30_000
    /// How long the queue of a node is kept that does not come back, in milliseconds: a week.
    private static let expiry: Int64 = 7 * 86_400_000

    /// The queue on which a node is asked.
    static func queue(of node: String) -> String { "gridwork.files.\(node)" }

    /// What a node needs to be asked.
    static func topology(of node: String) -> AMQPTopology {
        let queue = AMQPQueue(
            name: queue(of: node),
            // In a cluster it can be declared elsewhere when the node of the broker that it was on is gone.
            durable: false,
            arguments: ["x-max-length": .int64(64), "x-message-ttl": .int64(lifetime), "x-expires": .int64(expiry)]
        )
        return AMQPTopology(
            exchanges: [AMQPExchange(name: exchange, type: .direct)],
            queues: [queue],
            bindings: [AMQPBinding(source: exchange, queue: queue.name, routingKey: node)]
        )
    }

    /// The queue on which a node gets what it asked for; it goes with the connection.
    static var answers: AMQPQueue {
        AMQPQueue(
            name: "",
            durable: false,
            exclusive: true,
            autoDelete: true,
            arguments: ["x-max-length": .int64(Int64(2 * mostPieces)), "x-message-ttl": .int64(lifetime)]
        )
    }
}

/// A node asks for pieces of a file.
struct FileRequest {
    static let type = "gridwork.file.wanted.v1"

    let hash: FileHash
    /// From which byte on.
    let offset: Int
    /// How many pieces at most.
    let count: Int
    /// The queue that the pieces go to.
    let answers: String

    init(hash: FileHash, offset: Int, count: Int, answers: String) {
        self.hash = hash
        self.offset = offset
        self.count = count
        self.answers = answers
    }

    /// Reads a request; nil where it is none.
    init?(_ delivery: AMQPDelivery) {
        let properties = delivery.properties
        guard properties.type == Self.type, let answers = properties.replyTo, !answers.isEmpty,
            let hash = properties.headers.text("file").flatMap({ FileHash($0) }),
            let offset = properties.headers.number("offset"), (0..<StoredFile.largest).contains(offset),
            let count = properties.headers.number("count"), (1...FileWire.mostPieces).contains(count)
        else { return nil }
        self.init(hash: hash, offset: offset, count: count, answers: answers)
    }

    /// The request as a message to a node.
    func message(to node: String) -> AMQPMessage {
        var properties = AMQPProperties()
        properties.type = Self.type
        properties.replyTo = answers
        properties.headers = ["file": .string(hash.text), "offset": .string("\(offset)"), "count": .string("\(count)")]
        return AMQPMessage(exchange: FileWire.exchange, routingKey: node, properties: properties)
    }
}

/// A piece of a file, or word that the node does not have it.
struct FilePiece {
    static let type = "gridwork.file.piece.v1"

    let hash: FileHash
    let offset: Int
    /// The bytes; none where the node does not have the file.
    let bytes: [UInt8]

    init(hash: FileHash, offset: Int, bytes: [UInt8]) {
        self.hash = hash
        self.offset = offset
        self.bytes = bytes
    }

    /// Reads a piece; nil where it is none.
    init?(_ delivery: AMQPDelivery) {
        let properties = delivery.properties
        guard properties.type == Self.type, delivery.body.count <= FileWire.pieceSize,
            let hash = properties.headers.text("file").flatMap({ FileHash($0) }),
            let offset = properties.headers.number("offset")
        else { return nil }
        self.init(hash: hash, offset: offset, bytes: delivery.body)
    }

    /// The piece as a message to the queue of whoever asked; dropped where she is gone.
    func message(to queue: String) -> AMQPMessage {
        var properties = AMQPProperties()
        properties.type = Self.type
        properties.headers = ["file": .string(hash.text), "offset": .string("\(offset)")]
        return AMQPMessage(routingKey: queue, mandatory: false, properties: properties, body: bytes)
    }
}

extension AMQPTable {
    fileprivate func text(_ name: String) -> String? {
        guard case .string(let text)? = self[name] else { return nil }
        return text
    }

    fileprivate func number(_ name: String) -> Int? { text(name).flatMap { Int($0) } }
}
