//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import GridModel
import GridStore
import Logging
import ServiceLifecycle

/// Fetches the files that other nodes' reports tell of, and gives other nodes what they ask for.
struct FileExchange: Service {
    /// How long pieces may take to arrive before they are asked for again.
    static let patience = Duration.seconds(10)
    /// How long to wait for the broker to take a message.
    static let publishLimit = Duration.seconds(20)
    /// The longest wait between looks at what is wanted: what failed is tried again.
    static let longestSleep = Duration.seconds(30)
    /// How many rows are looked at in one read.
    private static let batch = 50

    private let store: StateFile
    private let link: BrokerLink
    private let quota: Int
    private let pieceSize: Int
    private let logger: Logger

    /// Creates an exchange.
    ///
    /// - Parameters:
    ///   - quota: How many bytes all files may have together; what does not fit is not fetched.
    ///   - pieceSize: The size of the pieces that files are sent in; smaller ones for tests.
    init(store: StateFile, link: BrokerLink, quota: Int, pieceSize: Int? = nil, logger: Logger) {
        self.store = store
        self.link = link
        self.quota = quota
        self.pieceSize = min(pieceSize ?? FileWire.pieceSize, FileWire.pieceSize)
        self.logger = logger
    }

    /// Exchanges files until the task is cancelled or told to stop.
    func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            while !Task.isCancelled, !stopping.isSet {
                // A file that is half here is gone on with by the next run: nothing has to be finished.
                _ = try await stopping.race { try await exchangeUntilRefused() }
            }
        } onGracefulShutdown: {
            stopping.set()
        }
    }

    /// Exchanges files until something fails that does not pass by itself. The chain does without files, so a node does not
    /// end over them.
    private func exchangeUntilRefused() async throws {
        do {
            try await link.run { try await exchange(over: $0) }
        } catch let error where !(error is CancellationError) {
            logger.warning("Files cannot be exchanged with other nodes; trying again", error: error)
        }
        try await Task.sleep(for: Self.longestSleep)
    }

    private func exchange(over connection: AMQPConnection) async throws {
        let node = try await store.read { try $0.nodeID() }
        try await connection.withChannel { try await $0.apply(FileWire.topology(of: node)) }
        let changed = Signal()
        let changes = try store.changes()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await answer(as: node, over: connection) }
            group.addTask { try await fetch(over: connection, woken: changed) }
            group.addTask { for await _ in changes { changed.notify() } }
            defer { group.cancelAll() }
            // None of them ends but by an error, or when the file is closed.
            _ = try await group.next()
        }
    }

    // MARK: Giving

    private func answer(as node: String, over connection: AMQPConnection) async throws {
        try await connection.withChannel { channel in
            let consumer = try await channel.consume([AMQPSubscription(queue: FileWire.queue(of: node), prefetch: 1)])
            for try await batch in consumer {
                for delivery in batch {
                    if let request = FileRequest(delivery) { try await answer(request, over: channel) }
                    try await channel.acknowledge([delivery])
                }
            }
        }
    }

    /// Sends the pieces one after the other, so that no more than one is in memory; a file that is not here is told of.
    private func answer(_ request: FileRequest, over channel: AMQPChannel) async throws {
        let file = try await store.read { try $0.storedFile(request.hash) }
        var offset = request.offset
        for _ in 0..<request.count {
            let bytes = try file == nil ? [] : store.files.bytes(of: request.hash, from: offset, count: pieceSize)
            let piece = FilePiece(hash: request.hash, offset: offset, bytes: bytes)
            for outcome in await channel.publish([piece.message(to: request.answers)], timeout: Self.publishLimit) {
                if case .failed(let error) = outcome { throw error }
            }
            offset += bytes.count
            if bytes.isEmpty || offset >= file?.size ?? 0 { return }
        }
    }

    // MARK: Fetching

    private func fetch(over connection: AMQPConnection, woken: Signal) async throws {
        try await connection.withChannel { channel in
            let answers = try await channel.declare(FileWire.answers).name
            let subscription = AMQPSubscription(queue: answers, prefetch: UInt16(FileWire.mostPieces))
            let inbox = FileInbox(channel: channel, consumer: try await channel.consume([subscription]))
            var pauses: [FileHash: FilePause] = [:]
            while !Task.isCancelled {
                var last: FileHash?
                while true {
                    let wanted = try await store.read { [last] in try $0.wantedFiles(after: last, limit: Self.batch) }
                    for file in wanted where pauses[file.file.hash]?.isOver ?? true {
                        try await fetch(file, to: answers, inbox, &pauses)
                    }
                    guard let end = wanted.last else { break }
                    last = end.file.hash
                }
                await woken.wait(atMost: Self.longestSleep)
            }
        }
    }

    /// Fetches one file; what fails is tried again later, and keeps nothing else from being fetched.
    private func fetch(
        _ wanted: WantedFile,
        to answers: String,
        _ inbox: FileInbox,
        _ pauses: inout [FileHash: FilePause]
    ) async throws {
        let hash = wanted.file.hash
        do {
            let taken = try await store.read { try $0.fileBytes() }
            guard taken + wanted.file.size <= quota else { throw FileFetch.Failure.noRoom }
            try await FileFetch(wanted: wanted, folder: store.files, answers: answers, inbox: inbox).run()
            try await store.write { try $0.fileArrived(hash) }
            pauses[hash] = nil
        } catch let failure as FileFetch.Failure {
            let pause = FilePause(after: pauses[hash])
            pauses[hash] = pause
            logger.warning(
                "A file of another node could not be fetched; trying again later",
                metadata: [LogKey.reason: "\(failure)", LogKey.seconds: "\(pause.seconds)"]
            )
        }
    }
}

/// Until when a file is left alone that could not be fetched; longer each time.
private struct FilePause {
    let seconds: Int
    private let end: ContinuousClock.Instant

    init(after last: FilePause?) {
        seconds = min(3_600, (last?.seconds ?? 15) * 2)
        end = .now + .seconds(seconds)
    }

    var isOver: Bool { end <= .now }
}
