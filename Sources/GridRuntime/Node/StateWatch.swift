//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

package import GridStore
package import Logging
import ServiceLifecycle

/// Tells the services of this process when the state file changed: rows to send, timers to keep, another organization,
/// other workers wanted, something that the broker lost.
///
/// Commands given while the node runs are written by other processes, so the file itself is watched.
package struct StateWatch: Service {
    /// How long to wait between two looks. A busy node commits hundreds of times a second, and what it has written itself it
    /// knows already; the first change after a rest is seen at once.
    static let pause = Duration.milliseconds(50)
    /// How long nobody looks where nothing is told: a process that dies at the wrong moment commits without telling.
    static let longestRest = Duration.seconds(30)

    private let store: StateFile
    private let outbox: Outbox
    private let timers: Signal
    private let organizationVersion: Threshold
    private let scaleVersion: Threshold
    private let losses: BrokerLosses
    private let longestRest: Duration
    private let logger: Logger

    /// Creates a watch.
    ///
    /// - Parameter longestRest: How long nobody looks where nothing is told.
    package init(
        store: StateFile,
        outbox: Outbox,
        timers: Signal,
        organizationVersion: Threshold,
        scaleVersion: Threshold,
        losses: BrokerLosses,
        longestRest: Duration = Self.longestRest,
        logger: Logger
    ) {
        self.store = store
        self.outbox = outbox
        self.timers = timers
        self.organizationVersion = organizationVersion
        self.scaleVersion = scaleVersion
        self.losses = losses
        self.longestRest = longestRest
        self.logger = logger
    }

    /// Watches until the task is cancelled or told to stop.
    package func run() async throws {
        let changes = try store.changes().cancelOnGracefulShutdown()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in changes {
                    timers.notify()
                    outbox.somethingChanged()
                    try await look()
                    try await Task.sleep(for: Self.pause)
                }
            }
            // The outbox and the timers are looked at now and then by those who serve them.
            group.addTask {
                while true {
                    try await Task.sleep(for: longestRest)
                    try await look()
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func look() async throws {
        let (organization, scale, loss) = try await store.read { store in
            (try store.organizationVersion(), try store.scaleVersion(), try store.pendingLoss())
        }
        organizationVersion.raise(to: organization)
        scaleVersion.raise(to: scale)
        if loss != nil { losses.announce() }
    }
}
