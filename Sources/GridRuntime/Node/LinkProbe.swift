//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import CoreMetrics

/// Sends a message through a connection again and again, since one that is seldom used may carry nothing any more and
/// nobody would know before somebody needs it.
struct LinkProbe: Sendable {
    /// What the probes of all connections of a process are timed by, so that an idle one wakes once for all of them.
    private static let start = ContinuousClock.now

    let interval: Duration
    let echo: Echo
    let took: Meter

    /// Probes until the task is cancelled.
    ///
    /// - Throws: A retriable `AMQPError` when a message does not come back, for the connection to be made anew.
    func run(over connection: AMQPConnection) async throws {
        while true {
            let rounds = ((.now - Self.start) / interval).rounded(.down) + 1
            try await Task.sleep(until: Self.start + interval * rounds)
            // None comes while the broker is short of memory or disk; whoever publishes hears of that.
            if let duration = try await echo.roundTrip(over: connection) { took.set(duration / .seconds(1)) }
        }
    }
}
