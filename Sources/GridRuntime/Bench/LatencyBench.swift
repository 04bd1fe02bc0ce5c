//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import AMQP
import GridModel
import GridStore
package import Logging

/// Measures how long a message takes from being published until what it says stands on its page, at a steady rate, beside
/// what the broker alone takes; and the same while another cell is flooded.
package struct LatencyBench: Sendable {
    /// What was measured.
    package struct Result: Sendable, Codable {
        /// Messages offered in a second.
        package let rate: Int
        /// How many cells they went to.
        package let cells: Int
        /// How many messages another cell had waiting.
        package let flood: Int
        /// From being published until the transaction that handled it could be read.
        package let gridwork: LatencyFigures
        /// From being published until it was received, where nothing is done with it.
        package let bare: LatencyFigures
        /// The 99th of Gridwork by that of the broker alone.
        package let ratio: Double

        private enum CodingKeys: String, CodingKey {
            case rate, cells, flood, gridwork, bare
            case ratio = "p99_to_bare"
        }
    }

    /// How long after the last was sent all have to have arrived.
    private static let limit = Duration.seconds(300)
    /// The most lines of history read at once.
    private static let stretch = 2_000

    private let rate: Int
    private let seconds: Int
    private let cells: Int
    private let flood: Int
    private let broker: AMQPConfiguration
    private let folder: String?
    private let logger: Logger

    /// Creates a measurement.
    ///
    /// - Parameters:
    ///   - rate: Messages a second.
    ///   - seconds: For how long.
    ///   - cells: How many cells they are for, 1 to 998.
    ///   - flood: How many messages wait for one cell more at the start.
    ///   - folder: Where the state file is put; the system's temporary folder when nil.
    package init(
        rate: Int,
        seconds: Int,
        cells: Int,
        flood: Int,
        broker: AMQPConfiguration,
        folder: String?,
        logger: Logger
    ) {
        self.rate = rate
        self.seconds = seconds
        self.cells = cells
        self.flood = flood
        self.broker = broker
        self.folder = folder
        self.logger = logger
    }

    /// Prepares, measures, and cleans up.
    package func run() async throws -> Result {
        let perCell = (rate * seconds + cells - 1) / cells
        let groups = (perCell + BenchOrganization.mostLiaisons - 1) / BenchOrganization.mostLiaisons
        guard cells <= 998, groups <= BenchOrganization.mostGroups else {
            throw BenchFailure("so many messages need more cells: a cell has codes for \(99 * 999) liaisons")
        }
        // One cell more than is measured, for the flood.
        let shape = BenchOrganization(cells: cells + 1, groups: groups, liaisons: (perCell + groups - 1) / groups)
        return try await BenchStage.with(shape, broker: broker, folder: folder, logger: logger) { stage in
            let commands = try await stage.acknowledgements()
            let flooded = "cell.\(BenchOrganization.street)001001.liaison"
            var random = SeededGenerator(seed: 1)
            // In no order, so that neighbours in time are of different cells.
            let measured = commands.filter { !$0.routingKey.hasPrefix(flooded) }.shuffled(using: &random)
            let bare = BareLatency(
                rate: rate,
                count: measured.count,
                queues: cells,
                bodyBytes: measured.first?.body.count ?? 0,
                broker: broker,
                logger: logger
            )
            let alone = try await bare.run()
            if flood > 0, let first = commands.first(where: { $0.routingKey.hasPrefix(flooded) }) {
                try await stage.publish([first] + reports(on: first))
            }
            let figures = try await measure(stage, measured)
            return Result(
                rate: rate,
                cells: cells,
                flood: flood,
                gridwork: figures,
                bare: alone,
                ratio: alone.p99 > 0 ? figures.p99 / alone.p99 : 0
            )
        }
    }

    /// Reports of progress on the assignment that a command acknowledges, as many as the flood has messages.
    private func reports(on acknowledgement: StoredMessage) throws -> [StoredMessage] {
        guard let id = acknowledgement.headers[HeaderName.subject].flatMap({ AssignmentID($0) }),
            let actor = acknowledgement.headers[HeaderName.source].flatMap({ PostAddress($0) })
        else { throw BenchFailure("a command does not say what it is about") }
        let prefix = acknowledgement.routingKey.split(separator: ".").dropLast().joined(separator: ".")
        return try (1...flood).map { number in
            guard let command = MessageID("bench-report-\(number)") else { throw BenchFailure("no name for a report") }
            let report = Command(id: command, actor: actor, body: .act(.progress, id, ActionBody(note: "\(number)")))
            return try CommandCodec().encode(report, mailboxPrefix: prefix, at: WallClock.system.now)
        }
    }

    private func measure(_ stage: BenchStage, _ commands: [StoredMessage]) async throws -> LatencyFigures {
        let sheet = LatencySheet(count: commands.count)
        var numbers: [String: Int] = [:]
        for (number, command) in commands.enumerated() {
            numbers[command.headers[HeaderName.subject] ?? ""] = number
        }
        let messages = commands.map { $0.outgoing(by: broker.username) }
        let configuration = NodeConfiguration(
            broker: broker,
            statePath: stage.store.path,
            mailboxes: MailboxSelection(roles: ["liaison"]),
            duties: .worker
        )
        let node = Node(configuration, store: stage.store, logger: logger)
        try await stage.running(node.services) { [numbers] in
            await node.readiness.waitUntilFirstReady()
            // Before anything is sent, so that nothing is missed.
            let changes = try stage.store.changes()
            let line = try await stage.store.read { try $0.newestHistoryLine() }
            let isComplete = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask { try await watch(changes, of: stage.store, after: line, for: numbers, noting: sheet) }
                group.addTask {
                    try await AMQPConnection.withConnection(broker, logger: logger) { connection in
                        try await connection.withChannel { channel in
                            try await SteadyOffer(rate: rate).run(messages, over: channel, noting: sheet)
                        }
                    }
                    try await Task.sleep(for: Self.limit)
                    return false
                }
                defer { group.cancelAll() }
                return try await group.next() ?? false
            }
            guard isComplete else { throw BenchFailure("not all was handled within \(Self.limit)") }
        }
        return sheet.figures
    }

    /// Looks at the history after every commit until all have been acknowledged.
    private func watch(
        _ changes: some AsyncSequence<Void, Never> & Sendable,
        of store: StateFile,
        after start: Int64,
        for numbers: [String: Int],
        noting sheet: LatencySheet
    ) async throws -> Bool {
        var line = start
        for await _ in changes {
            var stretch: HistoryStretch
            repeat {
                stretch = try await store.read { [line] in try $0.history(after: line, limit: Self.stretch) }
                let now = ContinuousClock.now
                for found in stretch.lines where found.line.event == .acknowledged {
                    if let number = numbers[found.line.assignment.text] { sheet.arrive(number, at: now) }
                }
                line = stretch.end
            } while stretch.lines.count == Self.stretch
            if sheet.isComplete { return true }
        }
        return false
    }
}
