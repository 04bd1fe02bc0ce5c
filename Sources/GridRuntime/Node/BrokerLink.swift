//===----------------------------------------------------------------------===//
// This source file is part of the Gridwork project.
// SPDX-License-Identifier: Apache-2.0
//===----------------------------------------------------------------------===//

import AMQP
import Synchronization

/// A connection to the broker that is kept up for one purpose, and how it stands.
package final class BrokerLink: Sendable {
    /// What a connection is for.
    package enum Purpose: String, CaseIterable, Sendable {
        case relay, mailboxes, reconcile, files
    }

    /// What it is for.
    package let purpose: Purpose
    private let supervisor: AMQPSupervisor
    private let probe: LinkProbe?
    private let current = Mutex<AMQPConnection?>(nil)

    /// Creates a link that has no connection yet.
    ///
    /// - Parameter probe: Tries the connection while it is used; nil where whoever uses it does.
    init(_ purpose: Purpose, supervisor: AMQPSupervisor, probe: LinkProbe? = nil) {
        self.purpose = purpose
        self.supervisor = supervisor
        self.probe = probe
    }

    /// Whether there is a connection.
    package var isUp: Bool { current.withLock { $0?.isOpen ?? false } }

    /// Whether the broker holds publishers back on it, for want of memory or disk.
    package var isBlocked: Bool { current.withLock { $0?.isBlocked ?? false } }

    /// How long ago anything was heard from the broker; nil while there is no connection.
    package var silence: Duration? {
        current.withLock { connection in
            guard let connection, connection.isOpen else { return nil }
            return connection.lastFrameAge
        }
    }

    /// Runs `body` on a connection, again and again until it returns, as ``AMQPSupervisor/run(_:)`` does; also when nothing
    /// comes through the connection any more, although it stands.
    func run(_ body: @escaping @Sendable (AMQPConnection) async throws -> Void) async throws {
        try await supervisor.run { connection in
            self.current.withLock { $0 = connection }
            defer { self.current.withLock { $0 = nil } }
            guard let probe = self.probe else { return try await body(connection) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await body(connection) }
                group.addTask { try await probe.run(over: connection) }
                defer { group.cancelAll() }
                // The probe does not end by itself.
                try await group.next()
            }
        }
    }
}
