//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridStore

/// Fetches one file from the node that has it: some pieces at a time, from where an earlier try stopped.
struct FileFetch {
    /// Why a file did not come.
    enum Failure: String, Error {
        /// The node that has it has never been at this broker.
        case noSuchNode
        /// The quota of files is used up.
        case noRoom
        /// Nothing came, several times.
        case silence
        /// The node does not have it any more.
        case gone
        /// What came is not what the report told of.
        case otherContent
    }

    /// How often the same pieces are asked for before the file is left for later.
    private static let tries = 3

    let wanted: WantedFile
    let folder: FileFolder
    /// The queue that pieces come to.
    let answers: String
    let inbox: FileInbox

    /// Fetches it and gives it its name.
    ///
    /// - Throws: `Failure`; `AMQPError` when the connection broke; `StoreError`.
    func run() async throws {
        let file = wanted.file
        if folder.contains(file.hash) { return }
        let partial = try folder.partial(file.hash, upTo: file.size)
        var silences = 0
        while partial.size < file.size {
            let before = partial.size
            try await ask(from: before)
            for _ in 0..<FileWire.mostPieces where partial.size < file.size {
                guard let piece = try await inbox.next(of: file.hash, at: partial.size) else { break }
                guard !piece.bytes.isEmpty else { throw Failure.gone }
                guard partial.size + piece.bytes.count <= file.size else {
                    partial.discard()
                    throw Failure.otherContent
                }
                try piece.bytes.withUnsafeBytes { try partial.append($0) }
            }
            silences = partial.size > before ? 0 : silences + 1
            guard silences < Self.tries else { throw Failure.silence }
        }
        guard try folder.finish(partial, as: file.hash) else { throw Failure.otherContent }
    }

    private func ask(from offset: Int) async throws {
        let request = FileRequest(hash: wanted.file.hash, offset: offset, count: FileWire.mostPieces, answers: answers)
        let outcomes = await inbox.channel.publish(
            [request.message(to: wanted.node)],
            timeout: FileExchange.publishLimit
        )
        for outcome in outcomes {
            switch outcome {
            case .confirmed, .nacked: break
            case .returned: throw Failure.noSuchNode
            case .failed(let error): throw error
            }
        }
    }
}

/// What comes to the queue of answers.
struct FileInbox {
    let channel: AMQPChannel
    let consumer: AMQPConsumer

    /// The next piece of a file, if it comes in time. Others, of an earlier try or twice, are passed over.
    func next(of hash: FileHash, at offset: Int) async throws -> FilePiece? {
        let deadline = ContinuousClock.now + FileExchange.patience
        while let delivery = try await delivery(until: deadline) {
            try await channel.acknowledge([delivery])
            if let piece = FilePiece(delivery), piece.hash == hash, piece.offset == offset { return piece }
        }
        return nil
    }

    /// The next delivery; nil when the time is over.
    private func delivery(until deadline: ContinuousClock.Instant) async throws -> AMQPDelivery? {
        try await withThrowingTaskGroup(of: AMQPDelivery?.self) { group in
            group.addTask { try await consumer.nextBatch(maximum: 1)?.first }
            group.addTask {
                // The end of the other child reaches this one as cancellation.
                do { try await Task.sleep(until: deadline, clock: .continuous) } catch {}
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            // One that came in the same moment counts.
            let second = try await group.next() ?? nil
            return first ?? second
        }
    }
}
