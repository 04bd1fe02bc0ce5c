//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import CSystemd
import ServiceLifecycle

/// Tells the service manager that started this process when it serves its mailboxes, that it is at work, and when it stops
/// (sd_notify(3)). Does nothing where there is none.
struct ServiceManagerNotices: Service {
    private let readiness: Readiness
    private let pulseAge: @Sendable () -> Duration
    private let patience: Duration
    private let interval: Duration?
    private let tell: @Sendable (String) -> Void

    /// Creates the notices of a process.
    ///
    /// - Parameters:
    ///   - pulseAge: How long ago the process was seen to be at work; see ``Pulse``.
    ///   - patience: How long ago that may be for the service manager to be told that the process is at work.
    ///   - interval: How often it is told; nil for never.
    ///   - tell: Sends a notice.
    init(
        readiness: Readiness,
        pulseAge: @escaping @Sendable () -> Duration,
        patience: Duration,
        interval: Duration? = ServiceManagerNotices.wantedInterval,
        tell: @escaping @Sendable (String) -> Void = { _ = sd_notify(0, $0) }
    ) {
        self.readiness = readiness
        self.pulseAge = pulseAge
        self.patience = patience
        self.interval = interval
        self.tell = tell
    }

    /// Half of what the service manager waits before it takes the process for hung (sd_watchdog_enabled(3)); nil where it
    /// does not watch it.
    static var wantedInterval: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0 else { return nil }
        return .microseconds(Int64(clamping: microseconds / 2))
    }

    /// Tells until the task is cancelled or told to stop.
    func run() async throws {
        let stopping = StopFlag()
        try await withGracefulShutdownHandler {
            _ = try await stopping.race {
                await readiness.waitUntilFirstReady()
                tell("READY=1")
                guard let interval else { return await stopping.wait() }
                while true {
                    if pulseAge() < patience { tell("WATCHDOG=1") }
                    try await Task.sleep(for: interval)
                }
            }
        } onGracefulShutdown: {
            tell("STOPPING=1")
            stopping.set()
        }
    }
}
