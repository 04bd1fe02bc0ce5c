//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import Foundation
import GridModel
package import GridStore
package import Logging
import ServiceLifecycle

/// Writes a process into the state file, so that others that share it know of it, and tells every few seconds that it is
/// alive and what it measured.
package struct WorkerRegistry: Service {
    /// How often a process tells that it is alive: three times before it counts as dead.
    static let interval = Duration.milliseconds(WorkerProcess.patience / 3)
    /// How long a process that is cancelled waits for its subscriptions to end before it is struck out.
    private static let endLimit = Duration.seconds(10)

    private let store: StateFile
    private let name: String
    private let duties: NodeConfiguration.Duties
    private let selection: MailboxSelection
    private let startedAt: Instant
    private let gauge: WorkerGauge
    private let clock: WallClock
    private let logger: Logger

    /// Creates a registry.
    ///
    /// - Parameters:
    ///   - name: The process's name.
    ///   - clock: The machine's, since other processes compare with it.
    package init(
        store: StateFile,
        name: String,
        duties: NodeConfiguration.Duties,
        selection: MailboxSelection,
        gauge: WorkerGauge,
        clock: WallClock = .system,
        logger: Logger
    ) {
        self.store = store
        self.name = name
        self.duties = duties
        self.selection = selection
        startedAt = clock.now
        self.gauge = gauge
        self.clock = clock
        self.logger = logger
    }

    /// Tells until the task is cancelled or told to stop; then the process is struck out.
    package func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            try await StoreTrouble.riddenOut(
                until: stopping,
                saying: "The process could not be written into the state file; trying again",
                to: logger
            ) {
                try await register()
                _ = try await stopping.race { try await tell() }
            }
            await strikeOut()
        } onGracefulShutdown: {
            stopping.set()
        }
    }

    /// Strikes the process out, also when it is cancelled, so that its mailboxes go to others at once; but not before its
    /// subscriptions have ended, or others would receive what comes after what it still holds.
    private func strikeOut() async {
        do {
            try await settled { [store, name, gauge] in
                await gauge.waitUntilIdle(atMost: Self.endLimit)
                try await store.write { try $0.removeProcess(name) }
            }
        } catch {
            // The others miss it after some seconds anyway.
            logger.info("The process could not be struck out of the state file", error: error)
        }
    }

    private func register() async throws {
        let selection = String(decoding: try JSONEncoder().encode(selection), as: UTF8.self)
        var process = WorkerProcess(
            name: name,
            duties: duties.rawValue,
            selection: selection,
            startedAt: startedAt
        )
        process.seenAt = clock.now
        try await store.write { [process] in try $0.registerProcess(process) }
    }

    private func tell() async throws {
        var next = ContinuousClock.now + Self.interval
        while !Task.isCancelled {
            try await write()
            // What was carried out is told at once, with what was measured before: a moment is too short to measure in.
            await gauge.news.wait(atMost: max(.zero, next - .now))
            if .now >= next {
                gauge.measure()
                next = .now + Self.interval
            }
        }
    }

    private func write() async throws {
        let now = clock.now
        let text = String(decoding: try JSONEncoder().encode(gauge.report), as: UTF8.self)
        let isKnown = try await store.write { [name, gauge] store in
            // Looked at inside the transaction: what begins later writes that it does in one that comes after this.
            let progress = gauge.progress
            return try store.noteProcess(
                name,
                applied: progress.applied,
                released: progress.released,
                isServing: progress.isServing,
                report: text,
                at: now
            )
        }
        // Struck out by another while this machine slept, or by a backup that was put back.
        if !isKnown { try await register() }
    }
}

extension WorkerProcess {
    /// The mailboxes it is there for; nil where a program of another version wrote them in its own way.
    func mailboxes(_ logger: Logger) -> MailboxSelection? { decoded(selection, logger) }

    /// What it measured; nil before it has told, and where it was written in another way.
    func measured(_ logger: Logger) -> WorkerReport? { report.isEmpty ? nil : decoded(report, logger) }

    private func decoded<Value: Decodable>(_ text: String, _ logger: Logger) -> Value? {
        do {
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            // Two versions may share a file while one takes the other's place.
            logger.info(
                "A process's entry in the state file cannot be read",
                metadata: [LogKey.owner: "\(name)", LogKey.reason: "\(type(of: error))"]
            )
            return nil
        }
    }
}
